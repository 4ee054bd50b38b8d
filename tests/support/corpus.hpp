// Where the open test corpus lies: files that other people made, beside the source tree, read only and not always there.
// A test that needs it begins with: if (!corpus_present()) GTEST_SKIP() << "no corpus beside the source tree";
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace brugwacht {

inline std::filesystem::path corpus_root() { return std::filesystem::path(BRUGWACHT_SOURCE_DIR) / ".." / "shared" / "corpus"; }

inline bool corpus_present() {
    std::error_code ignored;
    return std::filesystem::is_directory(corpus_root(), ignored);
}

/// "security/a.xlsx" -> its path; it need not exist.
inline std::filesystem::path corpus_file(std::string_view relative) { return corpus_root() / relative; }

/// Files of one folder of the corpus ("xlsx"), sorted by name; empty when the corpus is absent.
std::vector<std::filesystem::path> corpus_files(std::string_view folder);

}  // namespace brugwacht
