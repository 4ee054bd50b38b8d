#include "connector/files/csv.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>
#include <vector>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "connector/files/decoder.hpp"
#include "connector/files/sniffer.hpp"
#include "connector/files/warning_list.hpp"
#include "engine/core/error.hpp"

namespace brugwacht {

namespace {

constexpr std::size_t kBlock = 512 << 10;
constexpr std::size_t kMaxRecord = 32 << 20;
constexpr std::size_t kMaxQuoted = 4 << 20;
constexpr std::size_t kMaxColumns = 65536;
constexpr std::size_t kMaxUnclosed = 100;
constexpr std::size_t kPad = 64;
constexpr std::size_t kSniffEncoding = 4 << 20;
constexpr std::size_t kSniffDialect = 256 << 10;

/// Positions of up to five characters in a buffer, 64 bytes at a time. Line ends are always among them.
class SpecialScan {
  public:
    SpecialScan(int delimiter, int quote, int escape)
        : delimiter_(static_cast<char>(delimiter < 0 ? '\n' : delimiter)),
          quote_(static_cast<char>(quote < 0 ? '\n' : quote)),
          escape_(static_cast<char>(escape < 0 ? '\n' : escape)),
          has_escape_(escape >= 0) {}

    /// `data` is readable for 64 bytes beyond `size`.
    void start(const char* data, std::size_t size, std::size_t at) {
        data_ = data;
        size_ = size;
        seek(at);
    }
    void seek(std::size_t at) {
        base_ = at & ~std::size_t{63};
        mask_ = base_ < size_ ? mask_at(base_) & (~std::uint64_t{0} << (at & 63)) : 0;
    }
    /// The next one, or `size` when there is none.
    std::size_t next() {
        while (mask_ == 0) {
            base_ += 64;
            if (base_ >= size_) return size_;
            mask_ = mask_at(base_);
        }
        const std::size_t at = base_ + static_cast<std::size_t>(std::countr_zero(mask_));
        mask_ &= mask_ - 1;
        return std::min(at, size_);
    }

  private:
    std::uint64_t mask_at(std::size_t at) const {
#ifdef __SSE2__
        const __m128i delimiter = _mm_set1_epi8(delimiter_);
        const __m128i quote = _mm_set1_epi8(quote_);
        const __m128i feed = _mm_set1_epi8('\n');
        const __m128i carriage = _mm_set1_epi8('\r');
        const __m128i escape = _mm_set1_epi8(escape_);
        std::uint64_t mask = 0;
        for (unsigned i = 0; i < 4; ++i) {
            __m128i block;
            std::memcpy(&block, data_ + at + i * 16, sizeof block);
            __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, delimiter), _mm_cmpeq_epi8(block, quote)),
                                       _mm_or_si128(_mm_cmpeq_epi8(block, feed), _mm_cmpeq_epi8(block, carriage)));
            if (has_escape_) hit = _mm_or_si128(hit, _mm_cmpeq_epi8(block, escape));
            mask |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(hit))) << (i * 16);
        }
        return mask;
#else
        std::uint64_t mask = 0;
        for (unsigned i = 0; i < 64; ++i) {
            const char c = data_[at + i];
            if (c == delimiter_ || c == quote_ || c == '\n' || c == '\r' || (has_escape_ && c == escape_)) mask |= std::uint64_t{1} << i;
        }
        return mask;
#endif
    }

    char delimiter_;
    char quote_;
    char escape_;
    bool has_escape_;
    const char* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t base_ = 0;
    std::uint64_t mask_ = 0;
};

struct TextFile {
    explicit TextFile(File opened) : file(std::move(opened)) {}
    File file;
    DocumentInfo info;
    Sniffed sniffed;
    bool big_endian = false;
    WarningList warnings;
};

int only_char(const std::string& text) { return text.empty() ? -1 : static_cast<unsigned char>(text[0]); }

class CsvSource : public Source {
  public:
    explicit CsvSource(TextFile& text)
        : text_(text),
          decoder_(open_decoder(text.file, text.sniffed.mark_bytes, text.sniffed.encoding, text.big_endian)),
          delimiter_(only_char(text.sniffed.dialect.delimiter)),
          quote_(only_char(text.sniffed.dialect.quote)),
          escape_(text.sniffed.dialect.escape == "\\" ? '\\' : -1),
          skip_space_(text.sniffed.dialect.skip_space && delimiter_ != ' '),
          scan_(delimiter_, quote_, escape_),
          buffer_(kBlock + kPad) {
        scan_.start(buffer_.data(), 0, 0);
        skip_separator_ = text.sniffed.separator_line;
    }

    bool next(RawRow& row) override {
        while (true) {
            const Outcome outcome = record();
            if (outcome == Outcome::NeedMore) {
                refill();
                continue;
            }
            if (outcome == Outcome::Again) continue;
            if (outcome == Outcome::End) {
                finish();
                return false;
            }
            row_line_ = line_;
            line_ += lines_;
            start_ = position_;
            literals_.clear();
            if (skip_separator_) {
                skip_separator_ = false;
                continue;
            }
            resolve();
            row.tab = 1;
            row.row = row_line_;
            row.cells = cells_;
            return true;
        }
    }

    std::string bookmark() const override { return row_line_ == 0 ? std::string() : std::to_string(row_line_); }

  private:
    enum class Outcome { Record, NeedMore, Again, End };

    /// Reads one record from start_ on. Nothing is changed in the buffer, so that it can be tried again with more bytes.
    Outcome record() {
        if (start_ == size_) return ended_ ? Outcome::End : Outcome::NeedMore;
        cells_.clear();
        repairs_.clear();
        lines_ = 0;
        position_ = start_;
        if (!in_step_) scan_.seek(position_);
        in_step_ = false;
        std::uint32_t column = 0;
        while (true) {
            if (column >= kMaxColumns) fail("CSV-002");
            const std::size_t field = position_;
            const std::size_t opening = quote_ < 0 ? size_ : opening_quote(field);
            if (opening == size_ && quote_ >= 0 && !ended_) return Outcome::NeedMore;
            std::size_t stop = 0;
            if (opening < size_ && static_cast<unsigned char>(buffer_[opening]) == quote_ && !is_literal(field)) {
                const Outcome outcome = quoted(opening, column, stop);
                if (outcome != Outcome::Record) return outcome;
            } else {
                stop = end_of_field();
                if (stop == size_ && !ended_) return Outcome::NeedMore;
                if (stop > field) push(column, field, stop - field);
            }
            const bool more = stop < size_ && buffer_[stop] == delimiter_char();
            if (more && delimiter_ >= 0) {
                position_ = stop + 1;
                ++column;
                continue;
            }
            position_ = stop;
            if (stop < size_) {
                position_ = stop + 1;
                if (buffer_[stop] == '\r') {
                    if (position_ == size_ && !ended_) return Outcome::NeedMore;
                    if (position_ < size_ && buffer_[position_] == '\n') {
                        ++position_;
                        scan_.next();
                    }
                }
                ++lines_;
            }
            in_step_ = true;
            return Outcome::Record;
        }
    }

    char delimiter_char() const { return static_cast<char>(delimiter_); }

    std::size_t opening_quote(std::size_t at) const {
        if (skip_space_)
            while (at < size_ && buffer_[at] == ' ') ++at;
        return at;
    }

    bool is_literal(std::size_t at) const {
        return !literals_.empty() && std::find(literals_.begin(), literals_.end(), at + base_) != literals_.end();
    }

    bool ends_field(std::size_t at) const {
        const char c = buffer_[at];
        return c == '\n' || c == '\r' || (delimiter_ >= 0 && c == delimiter_char());
    }

    std::size_t end_of_field() {
        while (true) {
            const std::size_t at = scan_.next();
            if (at == size_ || ends_field(at)) return at;
        }
    }

    /// A field in quotes that opens at `opening`; `stop` is where it ends.
    Outcome quoted(std::size_t opening, std::uint32_t column, std::size_t& stop) {
        const std::size_t content = opening + 1;
        bool resolve_needed = false;
        std::uint64_t lines = 0;
        std::size_t close = size_;
        scan_.next();  // the opening quote itself
        while (true) {
            const std::size_t at = scan_.next();
            if (at == size_ || at - content > kMaxQuoted) {
                if (at == size_ && !ended_) return Outcome::NeedMore;
                return unclosed();
            }
            const char c = buffer_[at];
            if (escape_ >= 0 && c == escape_ && quote_ != escape_) {
                if (at + 1 == size_ && !ended_) return Outcome::NeedMore;
                resolve_needed = true;
                scan_.seek(at + 2);
            } else if (static_cast<unsigned char>(c) == quote_) {
                if (at + 1 == size_ && !ended_) return Outcome::NeedMore;
                if (at + 1 < size_ && static_cast<unsigned char>(buffer_[at + 1]) == quote_) {
                    resolve_needed = true;
                    scan_.next();
                    continue;
                }
                close = at;
                break;
            } else if (c == '\n' || (c == '\r' && (at + 1 >= size_ || buffer_[at + 1] != '\n'))) {
                ++lines;
            }
        }
        stop = end_of_field();
        if (stop == size_ && !ended_) return Outcome::NeedMore;
        lines_ += lines;
        const bool tail = std::any_of(buffer_.data() + close + 1, buffer_.data() + stop, [](char c) { return c != ' '; });
        if (resolve_needed || tail) {
            // What follows a closing quote belongs to the field all the same.
            repairs_.push_back({cells_.size(), close - content, tail ? stop - close - 1 : 0});
            push(column, content, tail ? stop - content : close - content);
        } else if (close > content) {
            push(column, content, close - content);
        }
        return Outcome::Record;
    }

    /// The quote opens nothing: the field is read again as plain text.
    Outcome unclosed() {
        if (++unclosed_ > kMaxUnclosed) fail("CSV-003");
        text_.warnings.add("CSV-030", 1, line_);
        literals_.push_back(position_ + base_);
        return Outcome::Again;
    }

    void push(std::uint32_t column, std::size_t from, std::size_t length) {
        Cell& cell = cells_.emplace_back();
        cell.column = column;
        cell.kind = CellKind::Text;
        cell.text = {buffer_.data() + from, length};
    }

    /// Doubled quotes and escapes become what they mean, in place.
    void resolve() {
        bool emptied = false;
        for (const Repair& repair : repairs_) {
            Cell& cell = cells_[repair.cell];
            char* const first = buffer_.data() + (cell.text.data() - buffer_.data());
            char* out = first;
            for (std::size_t i = 0; i < repair.inside; ++i) {
                const char c = first[i];
                if (i + 1 < repair.inside && ((static_cast<unsigned char>(c) == quote_) || (escape_ >= 0 && c == escape_))) ++i;
                *out++ = first[i];
            }
            if (repair.tail > 0) {
                std::memmove(out, first + repair.inside + 1, repair.tail);
                out += repair.tail;
            }
            cell.text = {first, static_cast<std::size_t>(out - first)};
            emptied = emptied || cell.text.empty();
        }
        if (emptied) std::erase_if(cells_, [](const Cell& cell) { return cell.text.empty(); });
        for (const Cell& cell : cells_)
            if (zero_bytes_ > 0 && std::memchr(cell.text.data(), 0, cell.text.size()) != nullptr) {
                text_.warnings.add("CSV-032", 1, row_line_);
                break;
            }
    }

    void refill() {
        const std::size_t left = size_ - start_;
        if (start_ > 0) {
            std::memmove(buffer_.data(), buffer_.data() + start_, left);
            base_ += start_;
        } else if (left + kPad >= buffer_.size()) {
            if (left >= kMaxRecord) fail("CSV-001");
            buffer_.resize(buffer_.size() * 2);
        }
        start_ = 0;
        const std::size_t got = decoder_->read(buffer_.data() + left, buffer_.size() - kPad - left);
        if (got == 0) ended_ = true;
        if (got > 0 && std::memchr(buffer_.data() + left, 0, got) != nullptr) ++zero_bytes_;
        size_ = left + got;
        std::memset(buffer_.data() + size_, 0, kPad);
        scan_.start(buffer_.data(), size_, 0);
        in_step_ = false;
    }

    void finish() {
        if (finished_) return;
        finished_ = true;
        if (decoder_->invalid() > 0) text_.warnings.add("CSV-031", 1, 0, decoder_->invalid());
    }

    [[noreturn]] void fail(const char* code) const {
        throw Error(Exit::Data, code, {{"file", text_.file.name()}, {"row", static_cast<std::int64_t>(line_)}}, text_.file.name(),
                    std::to_string(line_));
    }

    struct Repair {
        std::size_t cell;
        std::size_t inside;  // bytes between the quotes
        std::size_t tail;    // bytes after the closing quote that belong to the field
    };

    TextFile& text_;
    std::unique_ptr<Decoder> decoder_;
    int delimiter_;
    int quote_;
    int escape_;
    bool skip_space_;
    bool skip_separator_ = false;
    SpecialScan scan_;
    std::vector<char> buffer_;
    std::size_t size_ = 0;
    std::size_t start_ = 0;                // of the record
    std::size_t position_ = 0;             // of the field
    std::uint64_t base_ = 0;               // bytes before the buffer
    std::vector<std::uint64_t> literals_;  // places in the file of quotes of this record that open nothing
    bool in_step_ = false;                 // the scan stands right behind the last record
    bool ended_ = false;
    bool finished_ = false;
    std::uint64_t line_ = 1;
    std::uint64_t lines_ = 0;
    std::uint64_t row_line_ = 0;
    std::size_t unclosed_ = 0;
    std::size_t zero_bytes_ = 0;
    std::vector<Cell> cells_;
    std::vector<Repair> repairs_;
};

class CsvDocument : public Document {
  public:
    explicit CsvDocument(std::unique_ptr<TextFile> text) : text_(std::move(text)) {}
    const DocumentInfo& info() const override { return text_->info; }
    std::unique_ptr<Source> open_tab(std::uint32_t) override {
        text_->warnings.forget(1);
        return std::make_unique<CsvSource>(*text_);
    }
    std::vector<ReadWarning> warnings() const override { return text_->warnings.sorted(); }
    std::uint64_t first_row() const override { return text_->sniffed.first_row; }

  private:
    std::unique_ptr<TextFile> text_;
};

std::string lower_case(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return text;
}

void check_options(const TextFile& text, const ReadOptions& options) {
    for (const auto& choice : {options.delimiter, options.quote})
        if (choice && (choice->size() > 1 || *choice == "\n" || *choice == "\r" || (!choice->empty() && (*choice)[0] < 0)))
            throw Error(Exit::Data, "FIL-023", {{"file", text.file.name()}, {"value", *choice}}, text.file.name());
}

}  // namespace

bool identify_csv(const Probe&) { return true; }

std::unique_ptr<Document> open_csv(const Probe& probe, const ReadOptions& options) {
    auto text = std::make_unique<TextFile>(File::open(probe.path));
    check_options(*text, options);
    const std::string head = text->file.read_at(0, kSniffEncoding);
    std::size_t mark_bytes = 0;
    std::string encoding = sniff_encoding(head, head.size() == text->file.size(), mark_bytes);
    if (options.encoding) {
        const std::string wanted = lower_case(*options.encoding);
        if (!wanted.starts_with(encoding.substr(0, 5))) mark_bytes = 0;
        encoding = wanted == "iso-8859-1" ? "windows-1252" : wanted;
    }
    text->big_endian = mark_bytes > 0 && (head[0] == '\xfe' || head[0] == '\0');

    // The dialect is told from decoded text.
    const auto decoder = open_decoder(text->file, mark_bytes, encoding, text->big_endian);
    std::string sample(kSniffDialect, '\0');
    std::size_t size = 0;
    while (size < sample.size()) {
        const std::size_t got = decoder->read(sample.data() + size, sample.size() - size);
        if (got == 0) break;
        size += got;
    }
    const bool complete = size < sample.size();
    sample.resize(size);
    text->sniffed = sniff_dialect(sample, complete, options);
    text->sniffed.encoding = encoding;
    text->sniffed.mark_bytes = mark_bytes;

    text->info.kind = "csv";
    text->info.encoding = encoding;
    text->info.delimiter = text->sniffed.dialect.delimiter;
    text->info.quote = text->sniffed.dialect.quote;
    text->info.escape = text->sniffed.dialect.escape;
    TabInfo tab;
    tab.index = 1;
    text->info.tabs.push_back(tab);
    return std::make_unique<CsvDocument>(std::move(text));
}

}  // namespace brugwacht
