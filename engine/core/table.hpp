// Plain rows of text for local exporters and terminal output.
#pragma once

#include <string>
#include <vector>

namespace brugwacht {

struct TextTable {
    std::string name;
    std::vector<std::string> headers;
    std::vector<std::vector<std::string>> rows;
};

}  // namespace brugwacht
