// One sheet of an old workbook as rows.
#pragma once

#include <cstdint>
#include <memory>

#include "connector/files/biff_book.hpp"
#include "connector/source.hpp"

namespace brugwacht {

/// A reading of tab `index` (from 1), which has cells. The book outlives it.
std::unique_ptr<Source> open_biff_sheet(BiffBook& book, std::uint32_t index);
/// Of a tab without cells: no rows.
std::unique_ptr<Source> open_no_sheet();

}  // namespace brugwacht
