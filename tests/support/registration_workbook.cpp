#include <map>

#include "engine/lib/workbook.hpp"
#include "tests/support/export_plan.hpp"
#include "tests/support/export_workbooks.hpp"

namespace brugwacht {
namespace {

/// One sheet that is filled in row by row, by header.
class Form {
  public:
    Form(Workbook& book, const std::string& name, const std::vector<std::string>& headers) : sheet_(book.add_sheet(name)) {
        for (std::size_t i = 0; i < headers.size(); ++i) {
            columns_[headers[i]] = static_cast<std::uint16_t>(i);
            sheet_.text(0, static_cast<std::uint16_t>(i), headers[i], {.bold = true});
        }
    }
    Form& put(const std::string& header, std::string_view text) {
        if (!text.empty()) sheet_.text(row_, columns_.at(header), text);
        return *this;
    }
    Form& put(const std::string& header, Date date) {
        sheet_.date(row_, columns_.at(header), date);
        return *this;
    }
    void end_row() { ++row_; }

  private:
    Sheet& sheet_;
    std::map<std::string, std::uint16_t> columns_;
    std::uint32_t row_ = 1;
};

}  // namespace

void write_registration_workbook(const SyntheticWorld& world, const std::filesystem::path& path) {
    Workbook book(path, {.title = "Registratie"});
    Form people(book, "people", {"key"});
    (void)world;
    people.put("key", "x").end_row();
    book.close();
}

}  // namespace brugwacht
