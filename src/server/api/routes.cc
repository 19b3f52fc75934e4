#include <array>

#include "server/api/handlers.h"

namespace imgmill::server {
namespace {

using enum Access;
using enum RequestBody;
using enum Where;

constexpr std::array table = {
    Route{"GET", "/", Access::open, nothing, here, show_page},
    Route{"GET", "/assets/{file}", Access::open, nothing, here, show_page_file},
    Route{"GET", "/healthz", Access::open, nothing, here, show_health},
    Route{"GET", "/metrics", token, nothing, here, show_metrics},
    Route{"GET", "/api/openapi.json", Access::open, nothing, here, show_description},
    Route{"GET", "/api/info", token, nothing, here, show_info},
    Route{"GET", "/api/folders", token, nothing, files, list_folders},
    Route{"POST", "/api/optimize", token, image, images, optimize_image},
    Route{"POST", "/api/compare", token, image, images, compare_images},
    Route{"POST", "/api/tickets", token, json, here, create_ticket},
    Route{"GET", "/api/tickets/{ticket}", Access::open, nothing, here, use_ticket},
    Route{"GET", "/api/jobs", token, nothing, here, list_jobs},
    Route{"POST", "/api/jobs", token, json, files, create_job},
    Route{"GET", "/api/jobs/{id}", token, nothing, here, show_job},
    Route{"DELETE", "/api/jobs/{id}", token, nothing, files, delete_job},
    Route{"PUT", "/api/jobs/{id}/files", token, stream, here, nullptr, upload_file},
    Route{"POST", "/api/jobs/{id}/files", token, stream, here, nullptr, upload_form},
    Route{"POST", "/api/jobs/{id}/complete", token, nothing, files, complete_job},
    Route{"POST", "/api/jobs/{id}/cancel", token, nothing, files, cancel_job},
    Route{"POST", "/api/jobs/{id}/retry", token, json, files, retry_job},
    Route{"GET", "/api/jobs/{id}/images", token, nothing, files, list_images},
    Route{"GET", "/api/jobs/{id}/images/{index}", token, nothing, files, show_image},
    Route{"GET", "/api/jobs/{id}/images/{index}/original", token, nothing, files, show_original},
    Route{"GET", "/api/jobs/{id}/images/{index}/output", token, nothing, files, show_output},
    Route{"GET", "/api/jobs/{id}/images/{index}/view", token, nothing, images, show_view},
    Route{"GET", "/api/jobs/{id}/images/{index}/thumbnail", token, nothing, images, show_thumbnail},
    Route{"GET", "/api/jobs/{id}/images/{index}/map", token, nothing, images, show_map},
    Route{"POST", "/api/jobs/{id}/images/{index}/variants", token, json, images, create_variant},
    Route{"POST", "/api/jobs/{id}/images/{index}/variants/{variant}/use", token, nothing, files,
          use_variant},
    Route{"GET", "/api/jobs/{id}/events", token, nothing, here, stream_events},
    Route{"GET", "/api/jobs/{id}/zip", token, nothing, files, download_zip},
    Route{"POST", "/api/jobs/{id}/write", token, json, files, write_job},
    Route{"GET", "/api/jobs/{id}/report", token, nothing, images, download_report},
};

}  // namespace

std::span<const Route> routes() { return table; }

}  // namespace imgmill::server
