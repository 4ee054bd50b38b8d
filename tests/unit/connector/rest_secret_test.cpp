#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "connector/rest/http.hpp"
#include "connector/rest/redactor.hpp"
#include "connector/rest/secret.hpp"
#include "engine/core/error.hpp"
#include "engine/lib/crypto.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

/// The secret, or the code of the error.
std::string loaded(const SecretSource& source, const std::string& project_dir = ".") {
    try {
        return std::string(load_secret(source, "api_key", project_dir).bytes());
    } catch (const Error& error) {
        return error.what();
    }
}

std::string loaded_from(const TempDir& folder, const std::string& content, mode_t mode = 0600) {
    write_bytes(folder / "crm.secret", content);
    ::chmod((folder / "crm.secret").c_str(), mode);
    SecretSource source;
    source.file = "crm.secret";
    return loaded(source, folder.path().string());
}

TEST(Secrets, AFileGivesItsContentWithoutTheLineBreak) {
    const TempDir folder;
    EXPECT_EQ(loaded_from(folder, "geheim"), "geheim");
    EXPECT_EQ(loaded_from(folder, "geheim\n"), "geheim");
    EXPECT_EQ(loaded_from(folder, "geheim\r\n"), "geheim");
    EXPECT_EQ(loaded_from(folder, "\xef\xbb\xbfgeheim\r\n"), "geheim");
    EXPECT_EQ(loaded_from(folder, " ge\nheim\n\n"), " ge\nheim\n") << "a key may have lines";
    EXPECT_EQ(loaded_from(folder, std::string(65536, 'x')), std::string(65536, 'x'));
}

TEST(Secrets, AFileThatOthersMayReadIsRefused) {
    const TempDir folder;
    for (const mode_t mode : {0640U, 0604U, 0660U, 0610U}) EXPECT_EQ(loaded_from(folder, "geheim", mode), "REST-011") << mode;
    EXPECT_EQ(loaded_from(folder, "geheim", 0400), "geheim");
    ::chmod(folder.path().c_str(), 0770);
    EXPECT_EQ(loaded_from(folder, "geheim"), "REST-011");
    ::chmod(folder.path().c_str(), 0755);
    EXPECT_EQ(loaded_from(folder, "geheim"), "geheim") << "its name is no secret";
}

TEST(Secrets, WhatIsNoSecretIsRefused) {
    const TempDir folder;
    for (const std::string& content : {std::string(), std::string("\n"), std::string("ge\0heim", 7), std::string(65537, 'x')})
        EXPECT_EQ(loaded_from(folder, content), "REST-012");
    SecretSource source;
    source.file = "niets";
    EXPECT_EQ(loaded(source, folder.path().string()), "REST-010");
    source.file = ".";
    EXPECT_EQ(loaded(source, folder.path().string()), "REST-010");
}

TEST(Secrets, ACredentialOfSystemdComesFromItsOwnFolder) {
    const TempDir folder;
    write_bytes(folder / "crm", "geheim\n");
    ::chmod((folder / "crm").c_str(), 0440);  // as systemd shows an access list
    SecretSource source;
    source.credential = "crm";
    ::unsetenv("CREDENTIALS_DIRECTORY");
    EXPECT_EQ(loaded(source), "REST-010");
    ::setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1);
    EXPECT_EQ(loaded(source), "geheim");
    ::chmod((folder / "crm").c_str(), 0444);
    EXPECT_EQ(loaded(source), "REST-011");
    source.credential = "../crm";
    EXPECT_EQ(loaded(source), "REST-010");
    ::unsetenv("CREDENTIALS_DIRECTORY");
}

/// What a process with a terminal of its own shows there, when `typed` is typed; it shows what it read, turned around.
std::string shown_on_terminal(const std::string& typed) {
    int terminal = -1;
    const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    if (child == 0) {
        SecretSource source;
        source.prompt = true;
        std::string secret = loaded(source);
        std::string turned(secret.rbegin(), secret.rend());
        turned = "<" + turned + ">";
        static_cast<void>(!::write(STDOUT_FILENO, turned.data(), turned.size()));
        ::_exit(0);
    }
    std::string shown;
    std::array<char, 256> piece{};
    bool answered = false;
    for (ssize_t count = 0; (count = ::read(terminal, piece.data(), piece.size())) > 0;) {
        shown.append(piece.data(), static_cast<std::size_t>(count));
        if (!answered && shown.find("api_key: ") != std::string::npos) {
            answered = true;
            static_cast<void>(!::write(terminal, typed.data(), typed.size()));
        }
    }
    ::close(terminal);
    ::waitpid(child, nullptr, 0);
    return shown;
}

TEST(Secrets, APromptShowsNothingOfWhatIsTyped) {
    const std::string shown = shown_on_terminal("geheim\r");
    EXPECT_NE(shown.find("<mieheg>"), std::string::npos) << shown;
    EXPECT_EQ(shown.find("geheim"), std::string::npos) << shown;
}

TEST(Secrets, APromptIsLeftWithControlC) {
    EXPECT_NE(shown_on_terminal("gehe\x03").find("<210-TSER>"), std::string::npos) << "REST-012 turned around";
}

TEST(Secrets, APromptWithoutATerminalIsAnError) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::setsid();
        SecretSource source;
        source.prompt = true;
        ::_exit(loaded(source) == "REST-013" ? 0 : 1);
    }
    int status = 1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
}

TEST(Redactor, TakesASecretOutInEveryDress) {
    const std::string secret = "p@ss/woord+\"x\" \xc3\xa9=1";
    Redactor redact;
    redact.add(secret);
    EXPECT_EQ(redact("voor " + secret + " na"), "voor *** na");
    EXPECT_EQ(redact("?key=" + percent_encode(secret) + "&x"), "?key=***&x");
    EXPECT_EQ(redact("p%40ss%2fwoord%2b%22x%22%20%c3%a9%3d1"), "***");
    EXPECT_EQ(redact("p%40ss%2Fwoord%2B%22x%22+%C3%A9%3D1"), "***") << "as in a form";
    EXPECT_EQ(redact(R"({"k":"p@ss/woord+\"x\" )"
                     "\xc3\xa9"
                     R"(=1"})"),
              R"({"k":"***"})");
    EXPECT_EQ(redact(R"(p@ss\/woord+\"x\" )"
                     "\xc3\xa9=1"),
              "***")
        << "as PHP writes JSON";
    for (const std::string before : {"", "a", "an", "ann"}) {
        const std::string coded = base64(before + ":" + secret + ":na");
        EXPECT_NE(redact(coded).find("***"), std::string::npos) << before;
        EXPECT_LT(redact(coded).size(), 16U) << before;
        EXPECT_NE(redact(base64url(before + secret)).find("***"), std::string::npos) << before;
    }
}

TEST(Redactor, LeavesTheRestAndShortSecretsAlone) {
    Redactor redact;
    redact.add("abc");
    redact.add("");
    EXPECT_EQ(redact("abc is geen geheim"), "abc is geen geheim");
    redact.add("abcd");
    redact.add("abcdef");
    EXPECT_EQ(redact("abcdef abcd abcde"), "*** *** ***e") << "the longest goes first";
    EXPECT_EQ(redact(""), "");
}

}  // namespace
}  // namespace brugwacht
