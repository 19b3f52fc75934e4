// The handlers named in the route table. Each answers one operation of the API.
#pragma once

#include "server/http/route.h"

namespace imgmill::server {

#define IMGMILL_HANDLER(name) Response name(Api& api, const Request& request, Buffer& body)

// api_jobs.cc
IMGMILL_HANDLER(list_jobs);
IMGMILL_HANDLER(create_job);
IMGMILL_HANDLER(show_job);
IMGMILL_HANDLER(delete_job);
IMGMILL_HANDLER(complete_job);
IMGMILL_HANDLER(cancel_job);
IMGMILL_HANDLER(retry_job);
IMGMILL_HANDLER(list_images);
IMGMILL_HANDLER(stream_events);
IMGMILL_HANDLER(download_zip);
Opened upload_file(Api& api, Request request);
Opened upload_form(Api& api, Request request);

// api_results.cc
IMGMILL_HANDLER(write_job);
IMGMILL_HANDLER(download_report);
IMGMILL_HANDLER(show_map);
IMGMILL_HANDLER(compare_images);

// api_images.cc
IMGMILL_HANDLER(show_image);
IMGMILL_HANDLER(show_original);
IMGMILL_HANDLER(show_output);
IMGMILL_HANDLER(show_view);
IMGMILL_HANDLER(show_thumbnail);
IMGMILL_HANDLER(create_variant);
IMGMILL_HANDLER(use_variant);

// api_tools.cc
IMGMILL_HANDLER(show_info);
IMGMILL_HANDLER(list_folders);
IMGMILL_HANDLER(optimize_image);
IMGMILL_HANDLER(create_ticket);
IMGMILL_HANDLER(use_ticket);
IMGMILL_HANDLER(show_health);
IMGMILL_HANDLER(show_description);
IMGMILL_HANDLER(show_page);
IMGMILL_HANDLER(show_page_file);

// api_metrics.cc
IMGMILL_HANDLER(show_metrics);

#undef IMGMILL_HANDLER

/// Returns the Content-Disposition for a download of that name (RFC 6266, RFC 8187).
[[nodiscard]] std::string attachment(std::string_view name);

}  // namespace imgmill::server
