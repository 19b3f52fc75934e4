#include "page.h"

#include <cstdio>
#include <memory>

namespace imgmill::desktop {
namespace {

constexpr const char* handler = "imgmill";
constexpr const char* nothing = "about:blank";

/// The event is passed as an argument, so nothing in it can run as a script.
constexpr const char* raise_event =
    "dispatchEvent(new CustomEvent('imgmill-window', {detail: event}));";

Owned<char> folder_in(const char* base) {
  return Owned<char>(g_build_filename(base, "imgmill-desktop", nullptr));
}

/// Opens a link that the user follows. Only web addresses are opened.
void open_elsewhere(const char* address) {
  const Owned<GUri> uri(g_uri_parse(address, G_URI_FLAGS_NONE, nullptr));
  if (!uri) return;
  const std::string scheme = g_uri_get_scheme(uri.get());
  if (scheme != "https" && scheme != "http") return;
  gtk_show_uri(nullptr, address, GDK_CURRENT_TIME);
}

struct ReplyRelease {
  void operator()(WebKitScriptMessageReply* reply) const {
    webkit_script_message_reply_unref(reply);
  }
};

}  // namespace

Page::Page(PageListener listener) : listener_(std::move(listener)) {
  session_.reset(webkit_network_session_new(folder_in(g_get_user_data_dir()).get(),
                                            folder_in(g_get_user_cache_dir()).get()));
  // Requests to this machine must not leave it.
  webkit_network_session_set_proxy_settings(session_.get(), WEBKIT_NETWORK_PROXY_MODE_NO_PROXY,
                                            nullptr);
  context_.reset(webkit_web_context_new());
  content_.reset(webkit_user_content_manager_new());
  webkit_user_content_manager_register_script_message_handler_with_reply(content_.get(), handler,
                                                                         nullptr);
  const Owned<WebKitSettings> settings(webkit_settings_new_with_settings(
      "enable-developer-extras", FALSE, "javascript-can-open-windows-automatically", FALSE,
      "allow-file-access-from-file-urls", FALSE, "enable-webrtc", FALSE, "enable-media-stream",
      FALSE, "enable-html5-database", FALSE, "enable-back-forward-navigation-gestures", FALSE,
      nullptr));
  view_.reset(WEBKIT_WEB_VIEW(g_object_ref_sink(g_object_new(
      WEBKIT_TYPE_WEB_VIEW, "network-session", session_.get(), "web-context", context_.get(),
      "user-content-manager", content_.get(), "settings", settings.get(), nullptr))));
  connect();
}

Page::~Page() {
  for (const gpointer object :
       {gpointer(view_.get()), gpointer(content_.get()), gpointer(session_.get())}) {
    g_signal_handlers_disconnect_by_data(object, this);
  }
}

void Page::connect() {
  g_signal_connect(content_.get(), "script-message-with-reply-received::imgmill",
                   G_CALLBACK(+[](WebKitUserContentManager*, JSCValue* value,
                                  WebKitScriptMessageReply* reply, gpointer self) -> gboolean {
                     static_cast<Page*>(self)->take_message(value, reply);
                     return TRUE;
                   }),
                   this);
  g_signal_connect(view_.get(), "decide-policy",
                   G_CALLBACK(+[](WebKitWebView*, WebKitPolicyDecision* decision,
                                  WebKitPolicyDecisionType type, gpointer self) -> gboolean {
                     return static_cast<Page*>(self)->decide(decision, type) ? TRUE : FALSE;
                   }),
                   this);
  g_signal_connect(
      view_.get(), "permission-request",
      G_CALLBACK(+[](WebKitWebView*, WebKitPermissionRequest* request, gpointer) -> gboolean {
        webkit_permission_request_deny(request);
        return TRUE;
      }),
      this);
  g_signal_connect(view_.get(), "notify::title",
                   G_CALLBACK(+[](WebKitWebView* view, GParamSpec*, gpointer self) {
                     const char* const title = webkit_web_view_get_title(view);
                     static_cast<Page*>(self)->listener_.titled(title == nullptr ? "" : title);
                   }),
                   this);
  g_signal_connect(
      view_.get(), "web-process-terminated",
      G_CALLBACK(+[](WebKitWebView*, WebKitWebProcessTerminationReason reason, gpointer self) {
        if (reason == WEBKIT_WEB_PROCESS_TERMINATED_BY_API) return;
        static_cast<Page*>(self)->listener_.broken(reason ==
                                                           WEBKIT_WEB_PROCESS_EXCEEDED_MEMORY_LIMIT
                                                       ? "the view took more memory than it may"
                                                       : "the view has crashed");
      }),
      this);
  g_signal_connect(
      view_.get(), "load-failed",
      G_CALLBACK(+[](WebKitWebView*, WebKitLoadEvent, const char*, GError* error,
                     gpointer self) -> gboolean {
        // A request that became a download, or was superseded by another page, has not failed.
        const bool meant =
            g_error_matches(error, WEBKIT_POLICY_ERROR,
                            WEBKIT_POLICY_ERROR_FRAME_LOAD_INTERRUPTED_BY_POLICY_CHANGE) ||
            g_error_matches(error, WEBKIT_NETWORK_ERROR, WEBKIT_NETWORK_ERROR_CANCELLED);
        if (!meant) static_cast<Page*>(self)->listener_.broken(error->message);
        return TRUE;
      }),
      this);
  g_signal_connect(session_.get(), "download-started",
                   G_CALLBACK(+[](WebKitNetworkSession*, WebKitDownload* download, gpointer self) {
                     auto* const page = static_cast<Page*>(self);
                     const char* const address =
                         webkit_uri_request_get_uri(webkit_download_get_request(download));
                     // "blob:" precedes the origin of the page that created it.
                     std::string_view plain = address == nullptr ? "" : address;
                     if (plain.starts_with("blob:")) plain.remove_prefix(5);
                     if (is_of(plain, page->origin_))
                       page->listener_.download(download);
                     else
                       webkit_download_cancel(download);
                   }),
                   this);
}

void Page::show(const Address& address) {
  origin_ = address.origin;
  webkit_web_view_load_uri(view_.get(), address.url.c_str());
}

void Page::forget() {
  if (origin_.empty()) return;
  origin_.clear();
  // Loading the same address with another token would only navigate within the old page.
  webkit_web_view_load_uri(view_.get(), nothing);
}

void Page::tell(const std::string& event) {
  if (!shows_engine()) return;
  GVariantDict arguments;
  g_variant_dict_init(&arguments, nullptr);
  g_variant_dict_insert(&arguments, "event", "s", event.c_str());
  webkit_web_view_call_async_javascript_function(view_.get(), raise_event, -1,
                                                 g_variant_dict_end(&arguments), nullptr, nullptr,
                                                 nullptr, nullptr, nullptr);
}

bool Page::shows_engine() const {
  const char* const address = webkit_web_view_get_uri(view_.get());
  return address != nullptr && is_of(address, origin_);
}

void Page::take_message(JSCValue* value, WebKitScriptMessageReply* reply) {
  const auto refuse = [&](const std::string& why) {
    std::fprintf(stderr, "imgmill-desktop: a message of the page was refused: %s\n", why.c_str());
    webkit_script_message_reply_return_error_message(reply, why.c_str());
  };
  if (!shows_engine()) return refuse("it is not the engine's page");
  if (jsc_value_is_string(value) == FALSE) return refuse("it is no text");
  const Owned<char> text(jsc_value_to_string(value));
  const auto message = parse_page_message(text.get());
  if (!message) return refuse(message.error());
  const std::shared_ptr<WebKitScriptMessageReply> kept(webkit_script_message_reply_ref(reply),
                                                       ReplyRelease());
  const std::shared_ptr<JSCContext> context(
      static_cast<JSCContext*>(g_object_ref(jsc_value_get_context(value))), g_object_unref);
  listener_.said(*message, [kept, context](const std::string& json) {
    const Owned<JSCValue> answer(jsc_value_new_string(context.get(), json.c_str()));
    webkit_script_message_reply_return_value(kept.get(), answer.get());
  });
}

bool Page::decide(WebKitPolicyDecision* decision, WebKitPolicyDecisionType type) {
  // Requests are allowed or refused before their response arrives.
  if (type == WEBKIT_POLICY_DECISION_TYPE_RESPONSE) return false;
  WebKitNavigationAction* const action = webkit_navigation_policy_decision_get_navigation_action(
      WEBKIT_NAVIGATION_POLICY_DECISION(decision));
  const char* const address =
      webkit_uri_request_get_uri(webkit_navigation_action_get_request(action));
  const bool own = address != nullptr && (origin_.empty() ? std::string_view(address) == nothing
                                                          : is_of(address, origin_));
  if (own && type == WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION) {
    webkit_policy_decision_use(decision);
    return true;
  }
  // A new window would not be guarded by this policy.
  if (!own && address != nullptr && webkit_navigation_action_is_user_gesture(action) != FALSE) {
    open_elsewhere(address);
  }
  webkit_policy_decision_ignore(decision);
  return true;
}

std::optional<std::string> prepare_sandbox() {
  // Tests what WebKit needs from it: new namespaces and a new /proc.
  const char* const words[] = {"bwrap",
                               "--die-with-parent",
                               "--unshare-all",
                               "--ro-bind",
                               "/",
                               "/",
                               "--proc",
                               "/proc",
                               "--dev",
                               "/dev",
                               "--",
                               "true",
                               nullptr};
  const Owned<GSubprocess> probe(
      g_subprocess_newv(words,
                        static_cast<GSubprocessFlags>(G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                                      G_SUBPROCESS_FLAGS_STDERR_PIPE),
                        nullptr));
  std::string why = "bubblewrap is not installed";
  if (probe) {
    char* said = nullptr;
    g_subprocess_communicate_utf8(probe.get(), nullptr, nullptr, nullptr, &said, nullptr);
    const Owned<char> owned(said);
    if (g_subprocess_get_successful(probe.get()) != FALSE) return std::nullopt;
    why = said == nullptr || *said == '\0' ? "bubblewrap failed" : g_strstrip(said);
  }
  g_setenv("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1", TRUE);
  return why;
}

}  // namespace imgmill::desktop
