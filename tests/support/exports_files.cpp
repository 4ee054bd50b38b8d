#include "tests/support/synthetic_files.hpp"

namespace brugwacht {
void write_exports(const SyntheticWorld&, const std::filesystem::path&) {}
}  // namespace brugwacht
