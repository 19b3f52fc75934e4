#include "window.h"

#include <cstdio>
#include <utility>

#include "dialogs.h"
#include "dock.h"
#include "downloads.h"
#include "drops.h"

namespace imgmill::desktop {
namespace {

constexpr int usual_width = 1180;
constexpr int usual_height = 820;
constexpr const char* starting = "starting";
constexpr const char* page = "page";
constexpr const char* trouble = "trouble";

/// Texts that GTK translates are taken from it.
const char* gtk_word(const char* english) { return g_dgettext("gtk40", english); }

/// Our own texts, also in the system's language; the environment is read once.
const Words& words() {
  static const Words& chosen = [] -> const Words& {
    const char* const* const names = g_get_language_names();
    return words_for({names, g_strv_length(const_cast<char**>(names))});
  }();
  return chosen;
}

/// Wraps a callback so that it runs only while the window exists.
template <typename F>
auto while_alive(const std::shared_ptr<bool>& alive, F f) {
  return [weak = std::weak_ptr<bool>(alive), f = std::move(f)](auto&&... arguments) {
    if (!weak.expired()) f(std::forward<decltype(arguments)>(arguments)...);
  };
}

GtkWidget* menu_button() {
  const Owned<GMenu> menu(g_menu_new());
  g_menu_append(menu.get(), gtk_word("_Open"), "app.open-folder");
  const Owned<char> about(g_strdup_printf(gtk_word("About %s"), "imgmill"));
  g_menu_append(menu.get(), about.get(), "app.about");
  g_menu_append(menu.get(), gtk_word("_Close"), "app.quit");
  GtkWidget* const button = gtk_menu_button_new();
  gtk_menu_button_set_icon_name(GTK_MENU_BUTTON(button), "open-menu-symbolic");
  gtk_menu_button_set_menu_model(GTK_MENU_BUTTON(button), G_MENU_MODEL(menu.get()));
  gtk_menu_button_set_primary(GTK_MENU_BUTTON(button), TRUE);
  return button;
}

GtkWidget* centred_box() {
  GtkWidget* const box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 18);
  gtk_widget_set_halign(box, GTK_ALIGN_CENTER);
  gtk_widget_set_valign(box, GTK_ALIGN_CENTER);
  for (const auto set : {gtk_widget_set_margin_start, gtk_widget_set_margin_end,
                         gtk_widget_set_margin_top, gtk_widget_set_margin_bottom}) {
    set(box, 24);
  }
  return box;
}

}  // namespace

Window::Window(GtkApplication* application, WindowOptions options)
    : application_(application), options_(std::move(options)) {
  page_ = std::make_unique<Page>(PageListener{
      .said = [this](const PageMessage& message, const Answer& answer) { take(message, answer); },
      .titled =
          [this](const std::string& title) {
            // Without an engine, the title does not come from the page.
            if (engine_) gtk_window_set_title(window_, title.empty() ? "imgmill" : title.c_str());
          },
      .broken =
          [this](const std::string& why) {
            // Without an engine, a different message is shown.
            if (engine_) show_trouble(&Words::page_not_shown, why);
          },
      .download =
          [this](WebKitDownload* download) {
            take_download(
                window_, download, std::exchange(place_, std::nullopt),
                {while_alive(alive_,
                             [this](const std::string& path) { page_->tell(saved_event(path)); }),
                 while_alive(alive_, [this](const std::string& why) {
                   page_->tell(not_saved_event(why));
                 })});
          }});
  build();
  start();
}

Window::~Window() = default;

void Window::build() {
  window_ = GTK_WINDOW(gtk_application_window_new(application_));
  gtk_window_set_title(window_, "imgmill");
  gtk_window_set_default_size(window_, usual_width, usual_height);
  gtk_window_set_icon_name(window_, g_application_get_application_id(G_APPLICATION(application_)));
  GtkWidget* const bar = gtk_header_bar_new();
  gtk_header_bar_pack_end(GTK_HEADER_BAR(bar), menu_button());
  gtk_window_set_titlebar(window_, bar);
  stack_ = GTK_STACK(gtk_stack_new());
  gtk_stack_add_named(stack_, starting_view(), starting);
  gtk_stack_add_named(stack_, page_->widget(), page);
  gtk_stack_add_named(stack_, trouble_view(), trouble);
  gtk_window_set_child(window_, GTK_WIDGET(stack_));
  take_drops(GTK_WIDGET(stack_),
             [this](std::vector<std::string> paths) { open(std::move(paths)); });
  g_signal_connect(window_, "close-request", G_CALLBACK(+[](GtkWindow*, gpointer self) -> gboolean {
                     static_cast<Window*>(self)->close();
                     return TRUE;
                   }),
                   this);
}

GtkWidget* Window::starting_view() {
  GtkWidget* const spinner = gtk_spinner_new();
  gtk_widget_set_size_request(spinner, 48, 48);
  gtk_widget_set_halign(spinner, GTK_ALIGN_CENTER);
  gtk_widget_set_valign(spinner, GTK_ALIGN_CENTER);
  gtk_spinner_start(GTK_SPINNER(spinner));
  return spinner;
}

GtkWidget* Window::trouble_view() {
  GtkWidget* const box = centred_box();
  GtkWidget* const icon = gtk_image_new_from_icon_name("dialog-error-symbolic");
  gtk_image_set_pixel_size(GTK_IMAGE(icon), 64);
  trouble_title_ = GTK_LABEL(gtk_label_new(nullptr));
  gtk_widget_add_css_class(GTK_WIDGET(trouble_title_), "title-1");
  trouble_text_ = GTK_LABEL(gtk_label_new(nullptr));
  gtk_label_set_wrap(trouble_text_, TRUE);
  gtk_label_set_selectable(trouble_text_, TRUE);
  gtk_label_set_max_width_chars(trouble_text_, 70);
  gtk_label_set_justify(trouble_text_, GTK_JUSTIFY_CENTER);
  GtkWidget* const button = gtk_button_new_with_label(words().start_again);
  gtk_widget_add_css_class(button, "suggested-action");
  gtk_widget_set_halign(button, GTK_ALIGN_CENTER);
  g_signal_connect_swapped(
      button, "clicked",
      G_CALLBACK(+[](gpointer self) { static_cast<Window*>(self)->start_again(); }), this);
  for (GtkWidget* const part :
       {icon, GTK_WIDGET(trouble_title_), GTK_WIDGET(trouble_text_), button}) {
    gtk_box_append(GTK_BOX(box), part);
  }
  g_object_set_data(G_OBJECT(box), "imgmill-button", button);
  return box;
}

void Window::start() {
  gtk_window_set_title(window_, "imgmill");
  gtk_stack_set_visible_child_name(stack_, starting);
  page_ready_ = false;
  engine_ = Engine::start(options_.engine,
                          {.ready = while_alive(alive_,
                                                [this](const Address& address) {
                                                  address_ = address;
                                                  page_->show(address);
                                                  gtk_stack_set_visible_child_name(stack_, page);
                                                }),
                           .ended = while_alive(alive_, [this](const std::string& why) {
                             engine_.reset();
                             address_.reset();
                             page_ready_ = false;
                             page_->forget();
                             show_progress(application_, std::nullopt);
                             show_trouble(&Words::engine_ended, why);
                           })});
}

void Window::start_again() {
  if (!engine_) return start();
  if (!address_) return;  // the engine is still starting
  page_->forget();
  show_page();
}

void Window::show_page() {
  page_->show(*address_);
  gtk_stack_set_visible_child_name(stack_, page);
  gtk_widget_grab_focus(page_->widget());
}

void Window::show_trouble(const char* Words::*what, const std::string& why) {
  // For logs, in English like the rest of them.
  std::fprintf(stderr, "imgmill-desktop: %s: %s\n", all_words().front().*what, why.c_str());
  const char* const title = words().*what;
  const Owned<char> text(g_utf8_make_valid(why.c_str(), -1));
  gtk_label_set_text(trouble_title_, title);
  gtk_label_set_text(trouble_text_, text.get());
  gtk_window_set_title(window_, title);
  gtk_stack_set_visible_child_name(stack_, trouble);
  GtkWidget* const view = gtk_stack_get_child_by_name(stack_, trouble);
  gtk_widget_grab_focus(GTK_WIDGET(g_object_get_data(G_OBJECT(view), "imgmill-button")));
}

void Window::present() {
  if (closing_)
    wanted_again_ = true;
  else
    gtk_window_present(window_);
}

void Window::open(std::vector<std::string> paths) {
  given_.insert(given_.end(), std::make_move_iterator(paths.begin()),
                std::make_move_iterator(paths.end()));
  hand_over();
}

void Window::hand_over() {
  if (!engine_ || !page_ready_ || given_.empty()) return;
  engine_->allow(std::exchange(given_, {}), while_alive(alive_, [this](const AllowAnswer& answer) {
                   if (!answer.allowed.empty()) page_->tell(opened_event(answer.allowed));
                   if (!answer.refusal.empty()) page_->tell(refused_event(answer.refusal));
                 }));
}

void Window::open_folder() {
  if (closing_) return;
  choose_folder(window_, "imgmill", "",
                while_alive(alive_, [this](const std::optional<std::string>& path) {
                  if (path) open({*path});
                }));
}

void Window::take(const PageMessage& message, const Answer& answer) {
  if (const auto* const choose = std::get_if<ChooseFolder>(&message)) {
    choose_folder(window_, choose->title, choose->start,
                  while_alive(alive_, [this, answer](const std::optional<std::string>& path) {
                    if (!path || !engine_) return answer(chosen_folder_answer(std::nullopt));
                    engine_->allow(
                        {*path}, while_alive(alive_, [this, answer](const AllowAnswer& said) {
                          if (!said.refusal.empty()) page_->tell(refused_event(said.refusal));
                          answer(chosen_folder_answer(
                              said.allowed.empty() ? std::nullopt
                                                   : std::optional(said.allowed.front().native())));
                        }));
                  }));
    return;
  }
  if (const auto* const save = std::get_if<SaveAs>(&message)) {
    choose_place(window_, save->name,
                 while_alive(alive_, [this, answer](const std::optional<std::string>& path) {
                   place_ = path;
                   answer(chosen_place_answer(path.has_value()));
                 }));
    return;
  }
  if (const auto* const progress = std::get_if<Progress>(&message)) {
    show_progress(application_, progress->part);
  } else if (const auto* const ended = std::get_if<Ended>(&message)) {
    if (gtk_window_is_active(window_) == FALSE) {
      notify_ended(application_, ended->title, ended->body);
    }
  } else {
    page_ready_ = true;
    hand_over();
  }
  answer("null");
}

void Window::show_about() {
  const Owned<char> webkit(g_strdup_printf(
      "WebKitGTK %u.%u.%u, GTK %u.%u.%u. The engine: %s\n%s", webkit_get_major_version(),
      webkit_get_minor_version(), webkit_get_micro_version(), gtk_get_major_version(),
      gtk_get_minor_version(), gtk_get_micro_version(), options_.engine.c_str(),
      options_.without_sandbox
          ? ("WebKit's processes have no sandbox: " + *options_.without_sandbox).c_str()
          : "WebKit's processes are in its sandbox."));
  gtk_show_about_dialog(
      window_, "program-name", "imgmill", "version", IMGMILL_VERSION, "logo-icon-name",
      g_application_get_application_id(G_APPLICATION(application_)), "comments", words().tagline,
      "system-information", webkit.get(), "license-type", GTK_LICENSE_APACHE_2_0, nullptr);
}

void Window::close() {
  if (std::exchange(closing_, true)) return;
  gtk_widget_set_visible(GTK_WIDGET(window_), FALSE);
  show_progress(application_, std::nullopt);
  page_->forget();
  const auto over = [this] {
    if (!std::exchange(wanted_again_, false))
      return g_application_quit(G_APPLICATION(application_));
    closing_ = false;
    start();
    gtk_window_present(window_);
  };
  const std::shared_ptr<Engine> engine = std::exchange(engine_, nullptr);
  if (engine)
    engine->finish(while_alive(alive_, over));
  else
    over();
}

}  // namespace imgmill::desktop
