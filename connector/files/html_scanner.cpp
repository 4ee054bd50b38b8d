#include "connector/files/html_scanner.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "connector/files/utf8.hpp"
#include "engine/core/error.hpp"

namespace brugwacht {

namespace {

constexpr std::size_t kBlock = 64 << 10;
constexpr std::size_t kMaxTag = 16 << 20;
constexpr std::size_t kLongestEntity = 40;

struct Entity {
    std::string_view name;
    std::uint32_t code_point;
};

// The names of HTML 4 and the letters and signs of HTML 5 that programs write, in bytewise order.
constexpr std::array<Entity, 344> kEntities{{
    // clang-format off
    {"AElig", 198}, {"AMP", 38}, {"Aacute", 193}, {"Abreve", 258}, {"Acirc", 194}, {"Agrave", 192}, {"Alpha", 913}, {"Aogon", 260},
    {"Aring", 197}, {"Atilde", 195}, {"Auml", 196}, {"Beta", 914}, {"COPY", 169}, {"Cacute", 262}, {"Ccaron", 268}, {"Ccedil", 199},
    {"Chi", 935}, {"Dagger", 8225}, {"Delta", 916}, {"Dstrok", 272}, {"ETH", 208}, {"Eacute", 201}, {"Ecaron", 282}, {"Ecirc", 202},
    {"Egrave", 200}, {"Eogon", 280}, {"Epsilon", 917}, {"Eta", 919}, {"Euml", 203}, {"GT", 62}, {"Gamma", 915}, {"Gbreve", 286},
    {"Iacute", 205}, {"Icirc", 206}, {"Idot", 304}, {"Igrave", 204}, {"Iota", 921}, {"Iuml", 207}, {"Kappa", 922}, {"LT", 60},
    {"Lambda", 923}, {"Lstrok", 321}, {"Mu", 924}, {"Nacute", 323}, {"NewLine", 10}, {"Ntilde", 209}, {"Nu", 925}, {"OElig", 338},
    {"Oacute", 211}, {"Ocirc", 212}, {"Odblac", 336}, {"Ograve", 210}, {"Omega", 937}, {"Omicron", 927}, {"Oslash", 216},
    {"Otilde", 213}, {"Ouml", 214}, {"Phi", 934}, {"Pi", 928}, {"Prime", 8243}, {"Psi", 936}, {"QUOT", 34}, {"REG", 174},
    {"Rcaron", 344}, {"Rho", 929}, {"Sacute", 346}, {"Scaron", 352}, {"Scedil", 350}, {"Sigma", 931}, {"THORN", 222}, {"Tab", 9},
    {"Tau", 932}, {"Tcedil", 354}, {"Theta", 920}, {"Uacute", 218}, {"Ucirc", 219}, {"Udblac", 368}, {"Ugrave", 217}, {"Upsilon", 933},
    {"Uring", 366}, {"Uuml", 220}, {"Xi", 926}, {"Yacute", 221}, {"Yuml", 376}, {"Zacute", 377}, {"Zcaron", 381}, {"Zdot", 379},
    {"Zeta", 918}, {"aacute", 225}, {"abreve", 259}, {"acirc", 226}, {"acute", 180}, {"aelig", 230}, {"agrave", 224}, {"alefsym", 8501},
    {"alpha", 945}, {"amp", 38}, {"and", 8743}, {"ang", 8736}, {"aogon", 261}, {"apos", 39}, {"aring", 229}, {"ast", 42},
    {"asymp", 8776}, {"atilde", 227}, {"auml", 228}, {"bdquo", 8222}, {"beta", 946}, {"boxh", 9472}, {"brvbar", 166}, {"bsol", 92},
    {"bull", 8226}, {"cacute", 263}, {"cap", 8745}, {"ccaron", 269}, {"ccedil", 231}, {"cedil", 184}, {"cent", 162}, {"check", 10003},
    {"checkmark", 10003}, {"chi", 967}, {"circ", 710}, {"clubs", 9827}, {"colon", 58}, {"comma", 44}, {"commat", 64}, {"cong", 8773},
    {"copy", 169}, {"crarr", 8629}, {"cup", 8746}, {"curren", 164}, {"dArr", 8659}, {"dagger", 8224}, {"darr", 8595}, {"dash", 8208},
    {"deg", 176}, {"delta", 948}, {"diams", 9830}, {"divide", 247}, {"dollar", 36}, {"dstrok", 273}, {"eacute", 233}, {"ecaron", 283},
    {"ecirc", 234}, {"egrave", 232}, {"empty", 8709}, {"emsp", 8195}, {"ensp", 8194}, {"eogon", 281}, {"epsilon", 949}, {"equals", 61},
    {"equiv", 8801}, {"eta", 951}, {"eth", 240}, {"euml", 235}, {"euro", 8364}, {"excl", 33}, {"exist", 8707}, {"fnof", 402},
    {"forall", 8704}, {"frac12", 189}, {"frac14", 188}, {"frac34", 190}, {"frasl", 8260}, {"gamma", 947}, {"gbreve", 287}, {"ge", 8805},
    {"grave", 96}, {"gt", 62}, {"hArr", 8660}, {"half", 189}, {"harr", 8596}, {"hearts", 9829}, {"hellip", 8230}, {"hyphen", 8208},
    {"iacute", 237}, {"icirc", 238}, {"iexcl", 161}, {"igrave", 236}, {"image", 8465}, {"imath", 305}, {"infin", 8734}, {"inodot", 305},
    {"int", 8747}, {"iota", 953}, {"iquest", 191}, {"isin", 8712}, {"iuml", 239}, {"kappa", 954}, {"lArr", 8656}, {"lambda", 955},
    {"lang", 9001}, {"laquo", 171}, {"larr", 8592}, {"lbrace", 123}, {"lbrack", 91}, {"lceil", 8968}, {"lcub", 123}, {"ldquo", 8220},
    {"le", 8804}, {"lfloor", 8970}, {"lowast", 8727}, {"lowbar", 95}, {"loz", 9674}, {"lpar", 40}, {"lrm", 8206}, {"lsaquo", 8249},
    {"lsqb", 91}, {"lsquo", 8216}, {"lstrok", 322}, {"lt", 60}, {"macr", 175}, {"mdash", 8212}, {"micro", 181}, {"middot", 183},
    {"minus", 8722}, {"mu", 956}, {"nabla", 8711}, {"nacute", 324}, {"nbsp", 160}, {"ndash", 8211}, {"ne", 8800}, {"ni", 8715},
    {"not", 172}, {"notin", 8713}, {"nsub", 8836}, {"ntilde", 241}, {"nu", 957}, {"num", 35}, {"numero", 8470}, {"oacute", 243},
    {"ocirc", 244}, {"odblac", 337}, {"oelig", 339}, {"ograve", 242}, {"ohm", 937}, {"oline", 8254}, {"omega", 969}, {"omicron", 959},
    {"oplus", 8853}, {"or", 8744}, {"ordf", 170}, {"ordm", 186}, {"oslash", 248}, {"otilde", 245}, {"otimes", 8855}, {"ouml", 246},
    {"para", 182}, {"part", 8706}, {"percnt", 37}, {"period", 46}, {"permil", 8240}, {"perp", 8869}, {"phi", 966}, {"phone", 9742},
    {"pi", 960}, {"piv", 982}, {"plus", 43}, {"plusmn", 177}, {"pound", 163}, {"prime", 8242}, {"prod", 8719}, {"prop", 8733},
    {"psi", 968}, {"quest", 63}, {"quot", 34}, {"rArr", 8658}, {"radic", 8730}, {"rang", 9002}, {"raquo", 187}, {"rarr", 8594},
    {"rbrace", 125}, {"rbrack", 93}, {"rcaron", 345}, {"rceil", 8969}, {"rcub", 125}, {"rdquo", 8221}, {"real", 8476}, {"reg", 174},
    {"rfloor", 8971}, {"rho", 961}, {"rlm", 8207}, {"rpar", 41}, {"rsaquo", 8250}, {"rsqb", 93}, {"rsquo", 8217}, {"sacute", 347},
    {"sbquo", 8218}, {"scaron", 353}, {"scedil", 351}, {"sdot", 8901}, {"sect", 167}, {"semi", 59}, {"shy", 173}, {"sigma", 963},
    {"sigmaf", 962}, {"sim", 8764}, {"sol", 47}, {"spades", 9824}, {"squ", 9633}, {"star", 9734}, {"sub", 8834}, {"sube", 8838},
    {"sum", 8721}, {"sup", 8835}, {"sup1", 185}, {"sup2", 178}, {"sup3", 179}, {"supe", 8839}, {"szlig", 223}, {"tau", 964},
    {"tcedil", 355}, {"there4", 8756}, {"theta", 952}, {"thetasym", 977}, {"thinsp", 8201}, {"thorn", 254}, {"tilde", 732},
    {"times", 215}, {"trade", 8482}, {"uArr", 8657}, {"uacute", 250}, {"uarr", 8593}, {"ucirc", 251}, {"udblac", 369}, {"ugrave", 249},
    {"uml", 168}, {"upsih", 978}, {"upsilon", 965}, {"uring", 367}, {"uuml", 252}, {"verbar", 124}, {"vert", 124}, {"weierp", 8472},
    {"xi", 958}, {"yacute", 253}, {"yen", 165}, {"yuml", 255}, {"zacute", 378}, {"zcaron", 382}, {"zdot", 380}, {"zeta", 950},
    {"zwj", 8205}, {"zwnj", 8204},

    // clang-format on
}};

// What numbers between 128 and 159 mean to a browser: windows-1252.
constexpr std::array<std::uint16_t, 32> kWindows1252{0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
                                                     0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
                                                     0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }

std::optional<std::uint32_t> named_entity(std::string_view name) {
    const auto found =
        std::lower_bound(kEntities.begin(), kEntities.end(), name, [](const Entity& e, std::string_view n) { return e.name < n; });
    if (found == kEntities.end() || found->name != name) return std::nullopt;
    return found->code_point;
}

/// Decodes the entity at the start of `text`, which begins with &. Gives the bytes it takes, 0 when it is none.
std::size_t decode_entity(std::string_view text, std::uint32_t& code_point) {
    std::size_t end = 1;
    if (text.substr(1).starts_with('#')) {
        end = 2;
        const bool hex = end < text.size() && lower(text[end]) == 'x';
        if (hex) ++end;
        const char* const first = text.data() + end;
        const auto [last, error] = std::from_chars(first, text.data() + text.size(), code_point, hex ? 16 : 10);
        if (last == first) return 0;
        if (error != std::errc()) code_point = 0xfffd;
        if (code_point >= 128 && code_point < 160) code_point = kWindows1252.at(code_point - 128);
        if (code_point == 0) code_point = 0xfffd;
        end = static_cast<std::size_t>(last - text.data());
        return end < text.size() && text[end] == ';' ? end + 1 : end;
    }
    while (end < text.size() && end < kLongestEntity && (is_letter(text[end]) || is_digit(text[end]))) ++end;
    const std::string_view name = text.substr(1, end - 1);
    const auto whole = named_entity(name);
    if (end < text.size() && text[end] == ';') {
        if (!whole) return 0;
        code_point = *whole;
        return end + 1;
    }
    // Without its semicolon only an old name counts: the signs and letters of Latin 1.
    if (!whole || (*whole > 255 && name != "quot")) return 0;
    code_point = *whole;
    return end;
}

}  // namespace

void append_html_text(std::string_view raw, std::string& out) {
    std::size_t at = 0;
    while (at < raw.size()) {
        const std::size_t mark = std::min(raw.find('&', at), raw.size());
        out.append(raw, at, mark - at);
        at = mark;
        if (at == raw.size()) return;
        std::uint32_t code_point = 0;
        const std::size_t used = decode_entity(raw.substr(at), code_point);
        if (used > 0)
            append_utf8(out, code_point);
        else
            out += '&';
        at += std::max<std::size_t>(used, 1);
    }
}

HtmlScanner::HtmlScanner(std::unique_ptr<ByteStream> stream, std::string file, std::string part)
    : stream_(std::move(stream)), file_(std::move(file)), part_(std::move(part)), buffer_(kBlock) {
    at_ = end_ = buffer_.data();
}

HtmlScanner::~HtmlScanner() = default;

/// Moves what is left to the front and reads on behind it. False at the end of the stream.
bool HtmlScanner::refill() {
    if (ended_) return false;
    const std::size_t left = rest();
    if (at_ != buffer_.data()) {
        std::memmove(buffer_.data(), at_, left);
    } else if (left == buffer_.size()) {
        if (left >= kMaxTag) throw Error(Exit::Data, "XLS-010", {{"file", file_}, {"part", part_}}, file_, part_);
        buffer_.resize(left * 2);
    }
    at_ = buffer_.data();
    const std::size_t got = stream_->read(buffer_.data() + left, buffer_.size() - left);
    end_ = at_ + left + got;
    if (got == 0) ended_ = true;
    return got > 0;
}

/// To the end of the file when the mark does not come.
void HtmlScanner::skip_past(std::string_view mark) {
    while (true) {
        const std::string_view text(at_, rest());
        const std::size_t found = text.find(mark);
        if (found != std::string_view::npos) {
            at_ += found + mark.size();
            return;
        }
        if (text.size() >= mark.size()) at_ = end_ - (mark.size() - 1);
        if (!refill()) {
            at_ = end_;
            return;
        }
    }
}

bool HtmlScanner::starts_with(std::string_view lower_mark) {
    while (rest() < lower_mark.size() && refill()) {
    }
    if (rest() < lower_mark.size()) return false;
    for (std::size_t i = 0; i < lower_mark.size(); ++i)
        if (lower(at_[i]) != lower_mark[i]) return false;
    return true;
}

HtmlScanner::Token HtmlScanner::text_up_to(std::size_t size, bool raw) {
    text_ = {at_, size};
    raw_ = raw;
    at_ += size;
    return Token::Text;
}

/// A tag; the scanner stands at its <. False when the file ends inside.
bool HtmlScanner::tag(bool closing) {
    enum class Place : std::uint8_t { Between, Name, BeforeValue, Bare, Quoted };
    std::size_t scanned = closing ? 2 : 1;
    Place place = Place::Name;
    char quote = 0;
    const char* last = nullptr;
    while (last == nullptr) {
        const char* p = at_ + scanned;
        for (; p != end_; ++p) {
            const char c = *p;
            if (place == Place::Quoted) {
                if (c == quote) place = Place::Between;
            } else if (c == '>') {
                last = p;
                break;
            } else if (c == '=' && place != Place::Bare && place != Place::BeforeValue) {
                place = Place::BeforeValue;
            } else if (place == Place::BeforeValue && !is_blank(c)) {
                place = c == '"' || c == '\'' ? Place::Quoted : Place::Bare;
                quote = c;
            } else if (place == Place::Bare && is_blank(c)) {
                place = Place::Between;
            }
        }
        if (last != nullptr) break;
        scanned = rest();
        if (!refill()) return false;
    }
    const char* p = at_ + (closing ? 2 : 1);
    name_.clear();
    while (p != last && !is_blank(*p) && *p != '/') name_ += lower(*p++);
    self_closing_ = last[-1] == '/';
    attributes_ = {p, static_cast<std::size_t>(last - p)};
    at_ += last + 1 - at_;
    return true;
}

/// Inside an element without tags: gives the next piece of its text. False at its end tag.
bool HtmlScanner::raw_text() {
    const std::string close = "</" + raw_name_;
    if (rest() == 0 && !refill()) return false;
    std::size_t from = 0;
    if (*at_ == '<') {
        if (starts_with(close)) return false;
        from = 1;
    }
    const void* const found = std::memchr(at_ + from, '<', rest() - from);
    text_up_to(found == nullptr ? rest() : static_cast<std::size_t>(static_cast<const char*>(found) - at_),
               raw_name_ != "textarea" && raw_name_ != "title");
    return true;
}

HtmlScanner::Token HtmlScanner::next() {
    while (true) {
        if (!raw_name_.empty()) {
            if (raw_text()) {
                if (raw_name_ == "style" || raw_name_ == "textarea" || raw_name_ == "title") return Token::Text;
                continue;
            }
            raw_name_.clear();
        }
        if (rest() == 0 && !refill()) return Token::Eof;
        if (in_cdata_) {
            const std::size_t found = std::string_view(at_, rest()).find("]]>");
            if (found == std::string_view::npos && rest() > 2) return text_up_to(rest() - 2, true);
            if (found == std::string_view::npos && refill()) continue;
            in_cdata_ = false;
            text_up_to(found == std::string_view::npos ? rest() : found, true);
            at_ += std::min<std::size_t>(rest(), 3);
            return Token::Text;
        }
        if (*at_ != '<') {
            const void* const found = std::memchr(at_, '<', rest());
            std::size_t size = found == nullptr ? rest() : static_cast<std::size_t>(static_cast<const char*>(found) - at_);
            if (found == nullptr && !ended_) {
                // An entity may go on in what comes.
                const std::size_t tail = std::min(size, kLongestEntity);
                const std::size_t mark = std::string_view(at_ + size - tail, tail).rfind('&');
                if (mark != std::string_view::npos) size = size - tail + mark;
                if (size == 0) {
                    refill();
                    continue;
                }
            }
            return text_up_to(size, false);
        }
        while (rest() < 9 && refill()) {
        }
        const char second = rest() > 1 ? at_[1] : '\0';
        const char third = rest() > 2 ? at_[2] : '\0';
        if (is_letter(second)) {
            if (!tag(false)) {
                at_ = end_;
                return Token::Eof;
            }
            for (const std::string_view raw : {"script", "style", "textarea", "title", "iframe", "noembed", "noframes", "xmp", "noscript"})
                if (name_ == raw && !self_closing_) raw_name_ = name_;
            return Token::Start;
        }
        if (second == '/' && is_letter(third)) {
            if (tag(true)) return Token::End;
            at_ = end_;
            return Token::Eof;
        }
        if (starts_with("<!--[if gte mso 9]><xml>")) {
            at_ += 19;  // what Excel says of its sheets is markup like the rest
        } else if (starts_with("<!--")) {
            at_ += 4;
            if (!starts_with(">") && !starts_with("->"))
                skip_past("-->");
            else
                skip_past(">");
        } else if (starts_with("<![cdata[")) {
            at_ += 9;
            in_cdata_ = true;
        } else if (second == '!' || second == '?' || second == '/') {
            skip_past(">");
        } else {
            return text_up_to(1, true);
        }
    }
}

void HtmlScanner::append_text(std::string& out) const {
    if (raw_)
        out += text_;
    else
        append_html_text(text_, out);
}

std::optional<std::string> HtmlScanner::attribute(std::string_view name) const {
    std::optional<std::string> result;
    attributes([&](std::string_view given, std::string_view value) {
        if (result || given != name) return;
        result.emplace();
        append_html_text(value, *result);
    });
    return result;
}

}  // namespace brugwacht
