#include "dock.h"

#include "owned.h"

namespace imgmill::desktop {

void show_progress(GtkApplication* application, std::optional<double> part) {
  GApplication* const self = G_APPLICATION(application);
  GDBusConnection* const bus = g_application_get_dbus_connection(self);
  if (bus == nullptr) return;
  const std::string id = g_application_get_application_id(self);
  GVariantBuilder properties;
  g_variant_builder_init(&properties, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add(&properties, "{sv}", "progress", g_variant_new_double(part.value_or(0)));
  g_variant_builder_add(&properties, "{sv}", "progress-visible",
                        g_variant_new_boolean(part ? TRUE : FALSE));
  // Docks identify applications by the desktop file; the object path only has to be unique.
  const std::string address = "application://" + id + ".desktop";
  const std::string object =
      "/com/canonical/unity/launcherentry/" + std::to_string(g_str_hash(address.c_str()));
  g_dbus_connection_emit_signal(bus, nullptr, object.c_str(), "com.canonical.Unity.LauncherEntry",
                                "Update", g_variant_new("(sa{sv})", address.c_str(), &properties),
                                nullptr);
}

void notify_ended(GtkApplication* application, const std::string& title, const std::string& body) {
  const Owned<GNotification> notification(g_notification_new(title.c_str()));
  g_notification_set_body(notification.get(), body.c_str());
  g_notification_set_default_action(notification.get(), "app.present");
  g_application_send_notification(G_APPLICATION(application), "ended", notification.get());
}

}  // namespace imgmill::desktop
