#include "connector/rest/paginator.hpp"

#include <algorithm>
#include <charconv>

#include "connector/rest/fields.hpp"
#include "engine/core/error.hpp"

namespace brugwacht {
namespace {

constexpr std::uint64_t kMaxPages = 1'000'000;  // a list that never ends

/// Ascending as numbers or as bytes: in one of these ways servers sort.
bool ascends(const std::vector<std::string>& ids) {
    bool as_bytes = true, as_numbers = true;
    for (std::size_t i = 1; i < ids.size(); ++i) {
        const std::string &a = ids[i - 1], &b = ids[i];
        as_bytes = as_bytes && a <= b;
        as_numbers = as_numbers && (a.size() != b.size() ? a.size() < b.size() : a <= b);
    }
    const auto digits = [](const std::string& id) {
        return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    // Other ids sort by a collation of the server's, which nobody can check from here.
    return as_bytes || as_numbers || !std::all_of(ids.begin(), ids.end(), digits);
}

}  // namespace

std::optional<std::uint64_t> whole_number(const std::string& text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::string same_server_link(const ConnectionPlan& connection, const std::string& url, const std::string& link, const std::string& stream) {
    std::string target = resolve_link(url, link);
    if (target.empty() || origin_of(target) != origin_of(connection.base_url)) throw Error(Exit::Data, "REST-034", {{"stream", stream}});
    return target;
}

Paginator::Paginator(const PagingPlan& plan, const ConnectionPlan& connection, std::string stream)
    : plan_(&plan), connection_(&connection), stream_(std::move(stream)), page_(plan.first_page) {}

void Paginator::resume(std::string last_id, std::string link) {
    last_id_ = std::move(last_id);
    link_ = std::move(link);
}

void Paginator::set_values(Placeholders& values) const {
    values.set("last_id", last_id_.empty() ? plan_->id_start : last_id_);
    values.set("page", std::to_string(page_));
    values.set("offset", std::to_string(offset_));
    if (!link_.empty() && (plan_->type == PagingType::Token || plan_->type == PagingType::WindowId)) values.set("token", link_);
}

void Paginator::stop_circles(bool circle) const {
    if (circle) throw Error(Exit::Data, "REST-032", {{"stream", stream_}});
}

bool Paginator::follow(std::string marker, const std::string& place) {
    stop_circles(!marker.empty() && !markers_.insert(std::hash<std::string>()(place + '\0' + marker)).second);
    link_ = std::move(marker);
    return link_.empty();
}

std::string Paginator::link_of(const PageSeen& page) const {
    const std::string link =
        plan_->header.empty() ? plain_value(value_at(page.answer, plan_->path)) : next_of_link_header(page.response.joined(plan_->header));
    if (link.empty()) return {};
    std::string target = same_server_link(*connection_, page.url, link, stream_);
    stop_circles(target == page.url);
    return plan_->strip.empty() ? target : without_parameters(target, plan_->strip);
}

bool Paginator::advance(const PageSeen& page) {
    const std::string before = std::exchange(last_id_, page.ids.empty() ? std::string() : page.ids.back());
    const std::string first_before = std::exchange(first_, page.ids.empty() ? std::string() : page.ids.front());
    stop_circles(++pages_seen_ > kMaxPages);
    ++page_;
    offset_ += static_cast<std::int64_t>(page.records);
    switch (plan_->type) {
        case PagingType::None:
            return true;
        case PagingType::WindowId: {
            // A page whose rows were all held back has no id to go on behind, but the server may say how to go on.
            if (page.records == 0 && !plan_->path.empty()) {
                last_id_ = before;
                return follow(plain_value(value_at(page.answer, plan_->path)), before);
            }
            link_.clear();
            // Without an id there is no way on.
            stop_circles(page.records > 0 && (last_id_.empty() || last_id_ == before));
            if (!ascends(page.ids)) throw Error(Exit::Data, "REST-033", {{"stream", stream_}});
            const bool is_short = page.records < static_cast<std::size_t>(connection_->page_size);
            return page.records == 0 || (plan_->ends_short && is_short);
        }
        case PagingType::NextLink:
            return follow(link_of(page));
        case PagingType::Token:
            return follow(plain_value(value_at(page.answer, plan_->path)));
        case PagingType::Offset:
            stop_circles(!first_.empty() && first_ == first_before);
            return page.records == 0 || (page.total && offset_ >= static_cast<std::int64_t>(*page.total));
        case PagingType::Page: {
            stop_circles(!first_.empty() && first_ == first_before);
            const auto pages = plan_->pages.empty() ? std::nullopt : whole_number(plain_value(value_at(page.answer, plan_->pages)));
            return page.records == 0 || (pages && page_ - plan_->first_page >= static_cast<std::int64_t>(*pages));
        }
    }
    return true;
}

}  // namespace brugwacht
