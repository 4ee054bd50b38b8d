// Where the secrets of a source come from. They are never in a file that people edit for other reasons.
#pragma once

#include <string>

#include "engine/core/ports.hpp"

namespace brugwacht {

/// Where a secret comes from; exactly one is set.
struct SecretSource {
    std::string file;        // relative to the project
    std::string credential;  // a file in $CREDENTIALS_DIRECTORY (systemd LoadCredential=)
    bool prompt = false;     // asked on a terminal
};

/// Without its final line break, and without the mark that some editors put before UTF-8. `name` is how messages call it. Throws Error
/// REST-010 (66) not there, REST-011 (77) a file that others may read or a folder that others may write, REST-012 (65) empty, longer than
/// 64 KiB, or with a NUL, REST-013 (77) a prompt without a terminal.
Secret load_secret(const SecretSource& source, const std::string& name, const std::string& project_dir);

}  // namespace brugwacht
