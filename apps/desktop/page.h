// The page in its web view: permissions, and messages in both directions.
#pragma once

#include <webkit/webkit.h>

#include <functional>
#include <optional>
#include <string>

#include "messages.h"
#include "owned.h"

namespace imgmill::desktop {

/// Answers a message; must be called once, possibly later.
using Answer = std::function<void(const std::string& json)>;

struct PageListener {
  std::function<void(const PageMessage&, const Answer&)> said;
  std::function<void(const std::string& title)> titled;
  /// The view has crashed or shows nothing; `why` is for display.
  std::function<void(const std::string& why)> broken;
  std::function<void(WebKitDownload*)> download;
};

/// A web view that shows the engine's page and nothing else: other addresses open in the default
/// browser if the user follows a link, and are blocked otherwise. Use it from the main loop's
/// thread only.
class Page {
 public:
  explicit Page(PageListener listener);
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;
  ~Page();

  [[nodiscard]] GtkWidget* widget() const { return GTK_WIDGET(view_.get()); }
  void show(const Address& address);
  /// Removes the page; messages and addresses are refused from then on.
  void forget();
  /// Dispatches an event in the page, see apps/web/src/state/desktop.ts.
  void tell(const std::string& event);

 private:
  [[nodiscard]] bool shows_engine() const;
  void take_message(JSCValue* value, WebKitScriptMessageReply* reply);
  [[nodiscard]] bool decide(WebKitPolicyDecision* decision, WebKitPolicyDecisionType type);
  void connect();

  const PageListener listener_;
  std::string origin_;  ///< empty: no page may be shown
  Owned<WebKitNetworkSession> session_;
  Owned<WebKitWebContext> context_;
  Owned<WebKitUserContentManager> content_;
  Owned<WebKitWebView> view_;
};

/// Checks whether WebKit can sandbox its processes (bubblewrap), and disables the sandbox if not,
/// since WebKit would not start then. Call it before creating the first Page. Returns nullopt if
/// the sandbox works, else the reason.
[[nodiscard]] std::optional<std::string> prepare_sandbox();

}  // namespace imgmill::desktop
