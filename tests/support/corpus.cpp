#include "tests/support/corpus.hpp"

#include <algorithm>

namespace brugwacht {

std::vector<std::filesystem::path> corpus_files(std::string_view folder) {
    std::vector<std::filesystem::path> files;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(corpus_root() / folder, ignored))
        if (entry.is_regular_file(ignored)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace brugwacht
