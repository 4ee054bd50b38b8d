// Instagram and Facebook "Download your information" in JSON: what the account itself posted, and its events, as activity lines. Nothing
// of other people is read: no messages, comments, followers, names, captions, places or photos; a title gives a code of a closed list
// (topic.hpp) and nothing else. A tab for each sort that is there: instagram_posts, instagram_stories, instagram_reels, instagram_videos,
// facebook_posts, facebook_videos, facebook_events; columns key, date, time, kind, title, count. `key` is made of the moment and the
// sort and is the same in every later export; times are civil times of Brussels; `count` counts photos and videos, or attendees.
// Files are known by their name and that of the folder around them, whatever stands above; see formats in docs/bronnen/instagram.md.
#pragma once

#include <filesystem>
#include <memory>

#include "connector/source.hpp"

namespace brugwacht {

/// Nothing when the folder is no social export. Throws Error SOC-002 made as HTML, SOC-003 nothing of one's own in it, SOC-005 more than
/// a million lines (65). Warnings: SOC-030 lines without a known moment; SOC-031 files that break off or are damaged, read as far as it
/// goes.
std::unique_ptr<Document> open_social_folder(const std::filesystem::path& path);
/// The same for a zip; the zip's own name does not matter. Throws also Error XLS-003, XLS-006, XLS-007.
std::unique_ptr<Document> open_social_zip(const Probe& probe);
/// The same for one JSON file out of an export. Throws also Error SOC-001 when it holds messages, contacts or reactions.
std::unique_ptr<Document> open_social_file(const Probe& probe, const ReadOptions& options);

}  // namespace brugwacht
