#include "connector/rest/fault.hpp"

namespace brugwacht {

std::string host_of(std::string_view url) {
    std::string origin = origin_of(url);
    for (const std::string_view usual : {"http://", "https://"}) {
        if (!origin.starts_with(usual)) continue;
        const std::string_view port = usual == "http://" ? ":80" : ":443";
        origin.erase(0, usual.size());
        if (origin.ends_with(port)) origin.erase(origin.size() - port.size());
        break;
    }
    return origin;
}

bool looks_like_code(std::string_view text) {
    static constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-";
    return !text.empty() && text.size() <= 64 && text.find_first_not_of(kAllowed) == std::string_view::npos;
}

void add_optional(TextArgs& args, const std::string& name, const std::string& value) {
    args.emplace_back("has_" + name, std::string(value.empty() ? "no" : "yes"));
    args.emplace_back(name, value);
}

Error no_answer(const HttpFailure& failure, const std::string& host, int attempts) {
    const TextArgs args = {{"host", host}, {"detail", failure.detail}, {"attempts", std::int64_t{attempts}}};
    switch (failure.kind) {
        case HttpFailure::Kind::Resolve:
        case HttpFailure::Kind::Connect:
            return {Exit::TryLater, "REST-001", args};
        case HttpFailure::Kind::Tls:
            return {Exit::NoPermission, "REST-002", args};
        case HttpFailure::Kind::Timeout:
            return {Exit::TryLater, "REST-003", args};
        case HttpFailure::Kind::Cut:
        case HttpFailure::Kind::Encoding:
            return {Exit::TryLater, "REST-004", args};
        case HttpFailure::Kind::TooLarge:
            return {Exit::Data, "REST-005", args};
        case HttpFailure::Kind::Other:
            break;
    }
    return {Exit::Software, "REST-006", args};
}

}  // namespace brugwacht
