#include "connector/files/codepage.hpp"

#include <algorithm>
#include <array>

#include "connector/files/utf8.hpp"
#include "engine/core/text.hpp"

namespace brugwacht {

namespace {

struct Name {
    std::uint16_t number;
    const char* encoding;
    bool several_bytes = false;  // a character may take more than one
};

constexpr std::array kNames{
    Name{367, "us-ascii"},
    Name{437, "ibm437"},
    Name{720, "ibm-720"},
    Name{737, "ibm-737"},
    Name{775, "ibm775"},
    Name{850, "ibm850"},
    Name{852, "ibm852"},
    Name{855, "ibm855"},
    Name{857, "ibm857"},
    Name{858, "ibm00858"},
    Name{860, "ibm860"},
    Name{861, "ibm861"},
    Name{862, "ibm862"},
    Name{863, "ibm863"},
    Name{864, "ibm864"},
    Name{865, "ibm865"},
    Name{866, "ibm866"},
    Name{869, "ibm869"},
    Name{874, "windows-874"},
    Name{932, "windows-31j", true},
    Name{936, "gbk", true},
    Name{949, "windows-949", true},
    Name{950, "windows-950", true},
    Name{1200, "utf-16le", true},
    Name{1201, "utf-16be", true},
    Name{1250, "windows-1250"},
    Name{1251, "windows-1251"},
    Name{1252, "windows-1252"},
    Name{1253, "windows-1253"},
    Name{1254, "windows-1254"},
    Name{1255, "windows-1255"},
    Name{1256, "windows-1256"},
    Name{1257, "windows-1257"},
    Name{1258, "windows-1258"},
    Name{10000, "macintosh"},
    Name{10001, "shift_jis", true},
    Name{10002, "big5", true},
    Name{10003, "euc-kr", true},
    Name{10006, "x-mac-greek"},
    Name{10007, "x-mac-cyrillic"},
    Name{10008, "gb2312", true},
    Name{10029, "x-mac-centraleurroman"},
    Name{10081, "x-mac-turkish"},
    Name{20127, "us-ascii"},
    Name{20866, "koi8-r"},
    Name{21866, "koi8-u"},
    Name{28591, "windows-1252"},
    Name{28592, "iso-8859-2"},
    Name{28605, "iso-8859-15"},
    Name{32768, "macintosh"},
    Name{32769, "windows-1252"},
    Name{65001, "utf-8", true},
};

}  // namespace

CodePage::CodePage(std::uint16_t number) {
    const auto* const found = std::find_if(kNames.begin(), kNames.end(), [&](const Name& name) { return name.number == number; });
    known_ = found != kNames.end() && to_utf8("a ", found->encoding).has_value();
    encoding_ = known_ ? found->encoding : "windows-1252";
    // Bytes above 0x7f in text that calls itself ASCII come from Windows.
    if (encoding_ == "us-ascii") encoding_ = "windows-1252";
    if (known_ && found->several_bytes) return;
    table_.resize(256);
    for (unsigned i = 0; i < 256; ++i) table_[i] = to_utf8(std::string(1, static_cast<char>(i)), encoding_).value_or("\xef\xbf\xbd");
}

void CodePage::append(std::string_view bytes, std::string& out) const {
    if (table_.empty()) {
        out += to_utf8(bytes, encoding_).value_or(std::string());
        return;
    }
    while (!bytes.empty()) {
        const std::size_t plain = ascii_prefix(bytes);
        out.append(bytes, 0, plain);
        bytes.remove_prefix(plain);
        if (bytes.empty()) return;
        out += table_[static_cast<std::uint8_t>(bytes.front())];
        bytes.remove_prefix(1);
    }
}

}  // namespace brugwacht
