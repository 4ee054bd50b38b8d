// Reads JSON (RFC 8259) event by event from a stream. Memory is bounded by the limits, whatever the size, the depth or the length of a
// text. Where real files are wrong and nothing is lost it reads on: lone surrogates and bytes that are no UTF-8 become U+FFFD, control
// characters in texts stay, NaN and Infinity are null, numbers may begin with zeros. See docs/decisions/0008.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace brugwacht {

class JsonReader {
  public:
    /// Up to `size` bytes (> 0) into `out`; 0 only at the end.
    using Feed = std::function<std::size_t(char* out, std::size_t size)>;
    enum class Event : std::uint8_t { BeginObject, EndObject, BeginArray, EndArray, Key, Text, Number, Boolean, Null, End, Fault };
    enum class Trouble : std::uint8_t {
        None,
        Syntax,
        CutShort,  // the text ends inside a value
        Deep,      // nested deeper than the limit
        More,      // something follows the value
    };
    struct Limits {
        std::size_t depth = 200;
        std::size_t text = 1 << 20;  // bytes of a text, key or number; what is beyond is passed over
    };

    explicit JsonReader(Feed feed) : JsonReader(std::move(feed), Limits()) {}
    JsonReader(Feed feed, Limits limits);

    /// The next event; after End or Fault always the same again.
    Event next();
    /// Text or key as UTF-8; digits of a number as they stand. Until the next event.
    const std::string& text() const { return text_; }
    bool flag() const { return flag_; }
    /// Whether text() was longer than the limit.
    bool was_cut() const { return cut_; }
    /// How many containers are open.
    std::size_t depth() const { return stack_.size(); }

    /// After Key or inside an array: passes over the next value. False when that meets a fault.
    bool skip_value();
    /// Passes over the rest of the innermost open container, its end included.
    bool skip_container();

    Trouble trouble() const { return trouble_; }
    /// Bytes read so far.
    std::uint64_t offset() const { return base_ + at_; }
    /// The first byte of what follows the value, when trouble() is More.
    char following() const { return at_ < size_ ? buffer_[at_] : '\0'; }
    /// Begins a new text from the same feed, which gives bytes again.
    void restart();

  private:
    int peek();
    int skip_space();
    Event value(int c);
    Event open(char bracket);
    Event close();
    Event number(int c);
    Event word(int c);
    bool read_text();
    bool read_escape();
    std::int32_t read_hex();
    void put(char c);
    void put_code_point(std::uint32_t code_point);
    bool skip_to(std::size_t depth);
    Event fail(Trouble trouble);

    Feed feed_;
    Limits limits_;
    std::vector<char> buffer_;
    std::size_t at_ = 0;
    std::size_t size_ = 0;
    std::uint64_t base_ = 0;
    bool ended_ = false;
    std::vector<char> stack_;  // { and [
    bool started_ = false;
    bool first_ = false;      // nothing was read yet in the innermost container
    bool after_key_ = false;  // a value must come
    bool keep_ = true;        // texts are wanted, not passed over
    bool high_bytes_ = false;
    bool flag_ = false;
    bool cut_ = false;
    Trouble trouble_ = Trouble::None;
    std::string text_;
};

}  // namespace brugwacht
