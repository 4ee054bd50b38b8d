#include "connector/files/xls.hpp"

#include <string_view>
#include <utility>

#include "connector/files/biff_book.hpp"
#include "connector/files/biff_sheet.hpp"

namespace brugwacht {

namespace {

using namespace std::string_view_literals;

bool is_ole(const Probe& probe) { return probe.head.starts_with("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv); }

/// A workbook stream without container, as programs before 1995 wrote it.
bool is_bare_biff(const Probe& probe) {
    BiffRecord record;
    record.data = probe.head;
    const std::uint16_t id = record.u16(0);
    const std::uint16_t size = record.u16(2);
    const std::uint16_t type = record.u16(6);
    const bool bof = id == biff::Bof2 || id == biff::Bof3 || id == biff::Bof4 || id == biff::Bof5;
    const bool known =
        type == biff::Globals || type == biff::Worksheet || type == biff::Chart || type == biff::Macro || type == biff::Workspace;
    return probe.head.size() >= 8 && bof && size >= 4 && size <= 16 && known;
}

class XlsDocument : public Document {
  public:
    explicit XlsDocument(std::unique_ptr<BiffBook> book) : book_(std::move(book)) {}

    const DocumentInfo& info() const override { return book_->info; }

    std::unique_ptr<Source> open_tab(std::uint32_t index) override {
        const TabInfo& tab = book_->info.tabs.at(index - 1);
        book_->warnings.forget(index);
        if (!tab.is_sheet) return open_no_sheet();
        book_->load_strings();
        return open_biff_sheet(*book_, index);
    }

    std::vector<ReadWarning> warnings() const override { return book_->warnings.sorted(); }

  private:
    std::unique_ptr<BiffBook> book_;
};

}  // namespace

bool identify_xls(const Probe& probe) { return is_ole(probe) || is_bare_biff(probe); }

std::unique_ptr<Document> open_xls(const Probe& probe, const ReadOptions&) {
    auto book = std::make_unique<BiffBook>(File::open(probe.path));
    book->open(is_ole(probe));
    return std::make_unique<XlsDocument>(std::move(book));
}

}  // namespace brugwacht
