// iCalendar (RFC 5545): one row an appointment or one of its repetitions, below a header row: key, date, start, end_date, end, minutes,
// all_day, status, categories, topic, summary, class, attendees, accepted, recurrence, planned. Times are civil times of Brussels. Who
// attends or organises is only counted; where, descriptions, links and attachments are not read; of a private or confidential appointment
// no text is. `topic` is a code of a closed list (topic.hpp). `key` is made of UID and moment and holds neither.
// The calendar is held in compact form (the events, no descriptions); see docs/decisions/0008.
#pragma once

#include <memory>

#include "connector/source.hpp"

namespace brugwacht {

bool identify_ics(const Probe& probe);
/// Throws Error ICS-001 more than 100,000 events or 48 MiB of what is kept of them (65). Warnings: ICS-030 lines that are no property,
/// passed over; ICS-031 the file breaks off, the unfinished event is left out; ICS-032 events without a readable start; ICS-033 a time zone
/// that nobody knows, read as Brussels; ICS-034 a repetition that cannot be read (hourly, by week number ...), only its first time is
/// given; ICS-035 repetitions beyond the bounds (from 2000 to two years after the newest date in the file, 5,000 a series, 100,000 in all).
std::unique_ptr<Document> open_ics(const Probe& probe, const ReadOptions& options);

}  // namespace brugwacht
