// The frame of the attack suite. An attack tries a way to learn or to falsify something, counts how often it succeeds, and is reported as
// one line of one number, "attack-xxx: N". Any number but 0 fails. The test is called Attack.Xxx; CTest knows it as attack-xxx.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>

namespace brugwacht {

/// Counts the successes of one attack; the first few are told, so that a failure says what went through.
class AttackNumber {
  public:
    explicit AttackNumber(std::string_view name) : name_(name) {}
    AttackNumber(const AttackNumber&) = delete;
    AttackNumber& operator=(const AttackNumber&) = delete;

    void tried(std::uint64_t count = 1) { tried_ += count; }
    /// The attack got through, `times` times.
    void succeeded(const std::string& what, std::uint64_t times = 1) {
        number_ += times;
        if (times > 0 && told_++ < kTold) std::cout << "  " << name_ << " got through: " << what << '\n';
    }
    std::uint64_t number() const { return number_; }

    /// Prints the line. An attack that tried nothing proves nothing and fails.
    void report() const {
        std::cout << name_ << ": " << number_ << std::endl;
        EXPECT_EQ(number_, 0U) << name_;
        EXPECT_GT(tried_, 0U) << name_ << " tried nothing";
    }

  private:
    static constexpr int kTold = 10;
    std::string name_;
    std::uint64_t tried_ = 0, number_ = 0;
    int told_ = 0;
};

/// Runs one named attack: `body` receives the number and counts into it.
template <typename Body>
void run_attack(std::string_view name, Body&& body) {
    AttackNumber number(name);
    body(number);
    number.report();
}

}  // namespace brugwacht
