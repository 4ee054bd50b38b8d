// What the workbooks of this room look like in common. Private to the room.
#pragma once

#include "engine/lib/workbook.hpp"

namespace brugwacht {

inline constexpr Colour kInk = 0x1F2A33;
inline constexpr Colour kHead = 0x1F5673;
inline constexpr Colour kLine = 0xC9D3DA;

/// Bold white on `fill`, wrapped, centred from top to bottom.
inline Style header_style(Colour fill) {
    Style style;
    style.bold = true;
    style.colour = 0xFFFFFF;
    style.fill = fill;
    style.wrap = true;
    style.vertical = VerticalAlign::Centre;
    style.line_below = kLine;
    return style;
}

}  // namespace brugwacht
