// Stand-in for files in SharePoint and OneDrive through Microsoft Graph: metadata, content behind a redirect to another host, conditional
// requests. Assumptions: the texts of errors.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "tests/support/stand_in/cloud.hpp"
#include "tests/support/stand_in/tables.hpp"
#include "tests/support/stand_in/tokens.hpp"

namespace brugwacht::stand_in {

/// POST /{tenant}/oauth2/v2.0/token; GET /v1.0/sites/{host}:/{path}, /v1.0/sites/{site}/drive/items/{item}[/content],
/// /v1.0/drives/{drive}/items/{item}[/content], /v1.0/drives/{drive}/root:/{path}:[/content], /v1.0/shares/{u!..}/driveItem[/content].
class Graph {
  public:
    struct File {
        std::string id;
        std::string path;     // "Map/leden.xlsx"
        std::string content;  // bytes
        std::int64_t modified_us = 0;
        int version = 1;  // makes the tags: raise it with the content
    };

    explicit Graph(System& system) : office(system), system_(system) {}
    Answer operator()(const Call& call);
    /// The other host, to which the redirects lead: serves by signature alone, for a short time, and refuses a caller that sends
    /// Authorization.
    Answer download(const Call& call);

    std::map<std::string, File> files;  // by the link that was shared ("https://..."), or any other key
    std::string download_origin = "http://files.example";
    std::int64_t token_lifetime_s = 3599;
    std::int64_t link_lifetime_s = 60;
    cloud::TokenOffice office;
    std::size_t leaked_credentials = 0;  // calls to the other host that carried Authorization

    Answer throttled(std::int64_t retry_after_s) const;

  private:
    const File* find(const std::string& path) const;
    Answer metadata(const File& file) const;
    Answer content(const File& file);
    Answer fault(int status, const std::string& code, const std::string& message) const;
    System& system_;
    std::map<std::string, std::pair<std::string, std::int64_t>> signatures_;  // to the file's id and when it runs out
};

}  // namespace brugwacht::stand_in
