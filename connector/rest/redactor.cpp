#include "connector/rest/redactor.hpp"

#include <algorithm>

#include "connector/rest/http.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/json.hpp"

namespace brugwacht {
namespace {

constexpr std::size_t kShortest = 4;

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
    return text;
}

std::string lower_codes(std::string text) {
    for (std::size_t at = text.find('%'); at != std::string::npos; at = text.find('%', at + 3))
        for (std::size_t i = at + 1; i < at + 3; ++i)
            if (text[i] >= 'A' && text[i] <= 'F') text[i] = static_cast<char>(text[i] - 'A' + 'a');
    return text;
}

/// The part of its base64 form that does not depend on the neighbours, when `before` bytes of a group of three stand before it.
std::string base64_core(std::string_view secret, std::size_t before) {
    const std::string whole = base64(std::string(before, 'x') + std::string(secret));
    const std::size_t begin = (before * 8 + 5) / 6;
    const std::size_t end = (before + secret.size()) * 8 / 6;
    return whole.substr(begin, end - begin);
}

std::string json_form(std::string_view secret) {
    JsonWriter writer;
    writer.value(secret);
    const std::string quoted = writer.take();
    return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

void Redactor::add(std::string_view secret) {
    if (secret.size() < kShortest) return;
    const std::string encoded = percent_encode(secret);
    const std::string escaped = json_form(secret);
    std::vector<std::string> forms = {std::string(secret),
                                      encoded,
                                      lower_codes(encoded),
                                      replaced(encoded, "%20", "+"),
                                      replaced(lower_codes(encoded), "%20", "+"),
                                      escaped,
                                      replaced(escaped, "/", "\\/")};
    for (std::size_t before = 0; before < 3; ++before) {
        const std::string core = base64_core(secret, before);
        forms.push_back(core);
        forms.push_back(replaced(replaced(core, "+", "-"), "/", "_"));
    }
    for (std::string& form : forms)
        if (form.size() >= kShortest) forms_.push_back(std::move(form));
    // The longest first: what is left of a form after a shorter one was taken out would still tell something.
    std::sort(forms_.begin(), forms_.end(),
              [](const std::string& a, const std::string& b) { return a.size() != b.size() ? a.size() > b.size() : a < b; });
    forms_.erase(std::unique(forms_.begin(), forms_.end()), forms_.end());
}

std::string Redactor::operator()(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
        const auto form =
            std::find_if(forms_.begin(), forms_.end(), [text](const std::string& candidate) { return text.starts_with(candidate); });
        out += form == forms_.end() ? text.substr(0, 1) : "***";
        text.remove_prefix(form == forms_.end() ? 1 : form->size());
    }
    return out;
}

}  // namespace brugwacht
