// Sets fields of records in the system that they were read from, one record at a time, as [write_back] of its preset says. Setting a field
// to what it already is does no harm, so a request that got no answer may be sent again.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "connector/rest/exchange.hpp"
#include "connector/rest/placeholders.hpp"
#include "connector/rest/preset.hpp"
#include "engine/core/error.hpp"

namespace brugwacht {

/// Names of fields and their values; "" empties a field.
using FieldValues = std::map<std::string, std::string>;

struct WriteOutcome {
    enum class What : std::uint8_t {
        Written,
        NotThere,  // no such record, or none that may be seen
        Refused,   // this one; the next may well be taken
        Doubtful,  // the answer does not tell: it may have been written
        Stopped,   // a quota, or a wait too long: not now
    };
    What what = What::Written;
    std::optional<Error> why;  // of anything but Written
};

class RecordWriter {
  public:
    /// `preset` has a [write_back]; it and `exchange` outlive this.
    RecordWriter(const Preset& preset, Exchange& exchange) : preset_(preset), plan_(*preset.write_back), exchange_(exchange) {}

    /// Sends these fields and no other. Throws Error as Exchange::send() for what concerns more than this record: no answer, a key that is
    /// refused, another address.
    WriteOutcome write(const std::string& id, const FieldValues& values);

    /// Names of the fields that a record can have, as the server tells them; nothing when the preset does not ask, or the key may not know.
    /// Throws Error as Exchange::send().
    std::optional<std::set<std::string>> known_fields();
    /// Names of the fields that are read from these records, and their ids: nobody wants them overwritten.
    std::set<std::string> read_fields() const;

  private:
    ExchangeResult send(const RequestPlan& request, const Placeholders& values, bool optional);
    WriteOutcome outcome_of(Error error) const;
    Placeholders placeholders();

    const Preset& preset_;
    const WriteBackPlan& plan_;
    Exchange& exchange_;
};

}  // namespace brugwacht
