// The page in its web view: what it may do, what it says, and what it is told.
#pragma once

#include <webkit/webkit.h>

#include <functional>
#include <optional>
#include <string>

#include "messages.h"
#include "owned.h"

namespace imgmill::desktop {

/// Answers a message; once, and not necessarily at once.
using Answer = std::function<void(const std::string& json)>;

struct PageListener {
  std::function<void(const PageMessage&, const Answer&)> said;
  std::function<void(const std::string& title)> titled;
  /// The view has crashed or shows nothing; `why` is for people.
  std::function<void(const std::string& why)> broken;
  std::function<void(WebKitDownload*)> download;
};

/// A web view that shows the engine's page and nothing else: other addresses are opened in the
/// usual browser when a person follows them, and nowhere otherwise. For the main loop's thread.
class Page {
 public:
  explicit Page(PageListener listener);
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;
  ~Page();

  [[nodiscard]] GtkWidget* widget() const { return GTK_WIDGET(view_.get()); }
  void show(const Address& address);
  /// Takes the page away; messages and addresses are refused from then on.
  void forget();
  /// Raises an event in the page, see apps/web/src/state/desktop.ts.
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

/// Sees whether WebKit can shut its processes in (bubblewrap), and lets it go without where it
/// cannot, since it would not start then. Before the first Page. Nothing: it can; else why not.
[[nodiscard]] std::optional<std::string> prepare_sandbox();

}  // namespace imgmill::desktop
