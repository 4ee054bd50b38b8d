// What the readers of OpenDocument, SpreadsheetML and HTML share: a row under construction, and the notations of values in XML.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connector/files/number_format.hpp"
#include "engine/core/row.hpp"

namespace brugwacht {

/// Limits of a sheet, as spreadsheet programs have them.
inline constexpr std::uint64_t kMaxSheetRow = 1048576;
inline constexpr std::uint32_t kMaxSheetColumn = 16384;
/// Bytes of text in one row; more is no table.
inline constexpr std::size_t kMaxSheetRowText = 64 << 20;
inline constexpr std::size_t kMaxSheetTabs = 10000;

/// Collects the cells of one row and the text they point at. Columns count from 0.
class SheetRow {
  public:
    void clear();
    bool empty() const { return cells_.empty(); }
    std::size_t size() const { return cells_.size(); }
    std::size_t text_size() const { return text_.size(); }

    void add_text(std::uint32_t column, std::string_view text) { keep(column, CellKind::Text, 0, text); }
    void add_error(std::uint32_t column, std::string_view text) { keep(column, CellKind::Error, 0, text); }
    /// `digits`: as they stand in the file.
    void add_number(std::uint32_t column, double value, std::string_view digits) { keep(column, CellKind::Number, value, digits); }
    void add_boolean(std::uint32_t column, bool value);
    void add_moment(std::uint32_t column, double seconds, bool has_time);
    void add_time(std::uint32_t column, double seconds);
    /// A number with a format that says what it stands for, as spreadsheet programs show it. False: 29 February 1900, kept as text.
    bool add_serial(std::uint32_t column, double serial, NumberMeaning meaning, bool date1904, std::string_view digits);
    /// The last cell once more, `times` times in the columns behind it; the text is shared.
    void repeat_last(std::uint32_t times);

    /// In the order of the columns, the last cell of a column counting. The views live until the next change.
    std::span<const Cell> finish();

  private:
    struct Place {
        std::size_t offset;
        std::size_t length;
    };
    void keep(std::uint32_t column, CellKind kind, double number, std::string_view text);

    std::vector<Cell> cells_;
    std::vector<Place> places_;  // parallel: where the text stands
    std::string text_;
};

/// The name of a tab, without what no program would write.
std::string bounded_name(std::string name);

/// A finite number in the notation of XML, with blanks around it or not.
std::optional<double> parse_xml_number(std::string_view text);

struct XmlMoment {
    std::int32_t days = 0;  // since 1970-01-01
    double seconds = 0;     // of the day, whole; 86400 when rounding reaches midnight
};
/// 2025-09-01, 2025-09-01T10:30, 2025-09-01T10:30:00.123, with or without Z or an offset, which does not count.
std::optional<XmlMoment> parse_xml_moment(std::string_view text);
/// 10:30, 10:30:00, 10:30:00.5 as whole seconds.
std::optional<double> parse_xml_clock(std::string_view text);
/// PT10H30M00S, P1DT2H, -PT5M as whole seconds; months and years have no length here.
std::optional<double> parse_xml_duration(std::string_view text);

}  // namespace brugwacht
