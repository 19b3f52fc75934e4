#include "server/server.h"

#include <fmt/format.h>

#include "base/try.h"
#include "server/api/dispatcher.h"

namespace imgmill::server {
namespace {

std::string_view name_of(Isolation isolation) {
  return isolation == Isolation::process ? "process" : "thread";
}

class RunningServer final : public Server {
 public:
  RunningServer(ServerOptions options, std::unique_ptr<HttpServer> http, ImageOptimizer optimizer,
                Roots roots)
      : options_(std::move(options)),
        optimizer_(std::move(optimizer)),
        roots_(std::move(roots)),
        http_(std::move(http)) {}

  ~RunningServer() override {
    http_->close();
    if (api_) api_->ending = true;
    if (jobs_) jobs_->stop();
    if (runner_) runner_->stop();
    if (dispatcher_) dispatcher_->close();
    http_.reset();
  }

  Result<void> start() {
    IMGMILL_TRY(jobs_, Jobs::open(options_.workspace, options_.limits, roots_));
    // The workspace is locked, so nobody else uses the file.
    IMGMILL_TRY(const std::string token,
                kept_token(options_.workspace / "token", options_.new_token));
    guard_ = std::make_unique<Guard>(token, http_->port());
    token_ = token;
    uploads_ = std::make_unique<Uploads>(*jobs_);
    runner_ = std::make_unique<Runner>(*jobs_, optimizer_, roots_, options_.batch);
    pictures_ = std::make_unique<Pictures>(*jobs_, optimizer_, options_.batch.limits);
    events_ = std::make_unique<EventStream>(*jobs_);
    writing_ = std::make_unique<Writing>(*jobs_, roots_);
    api_.reset(new Api{*jobs_, *uploads_, *runner_, optimizer_, roots_, *guard_, tickets_,
                       *pictures_, *events_, *writing_, options_.batch.limits,
                       std::string(name_of(options_.optimizer.isolation)),
                       [this] { return optimizer_.pool_metrics(); },
                       [this] { return http_->counts(); }, optimizer_.width()});
    // More threads than workers, so that a request is already waiting when a worker becomes free.
    dispatcher_ = std::make_unique<Dispatcher>(*api_, 2 * optimizer_.width());
    return http_->start(*dispatcher_);
  }

  std::uint16_t port() const override { return http_->port(); }
  const std::string& token() const override { return token_; }
  const std::vector<std::string>& notes() const override { return jobs_->notes(); }
  Result<std::filesystem::path> allow(const std::filesystem::path& path) override {
    return roots_.allow(path);
  }

 private:
  const ServerOptions options_;
  std::string token_;
  ImageOptimizer optimizer_;
  Roots roots_;
  std::unique_ptr<Guard> guard_;
  DownloadTokens tickets_;
  std::unique_ptr<Jobs> jobs_;
  std::unique_ptr<Uploads> uploads_;
  std::unique_ptr<Runner> runner_;
  std::unique_ptr<Pictures> pictures_;
  std::unique_ptr<EventStream> events_;
  std::unique_ptr<Writing> writing_;
  std::unique_ptr<Api> api_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<HttpServer> http_;
};

}  // namespace

std::string Server::address() const {
  return fmt::format("http://127.0.0.1:{}/#token={}", port(), token());
}

Result<std::unique_ptr<Server>> Server::start(ServerOptions options) {
  IMGMILL_TRY(Roots roots, Roots::create(options.roots));
  Result<std::unique_ptr<HttpServer>> http = fail(ErrorCode::usage, "no port was given");
  for (const std::uint16_t port : options.ports) {
    http = HttpServer::open({port, options.max_connections, options.patience});
    if (http) break;
  }
  if (!http) return std::unexpected(std::move(http).error());
  IMGMILL_TRY(ImageOptimizer optimizer, ImageOptimizer::create(options.optimizer));
  auto server = std::make_unique<RunningServer>(std::move(options), *std::move(http),
                                                std::move(optimizer), std::move(roots));
  IMGMILL_CHECK(server->start());
  return server;
}

}  // namespace imgmill::server
