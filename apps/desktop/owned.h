// Ownership of GLib objects.
#pragma once

#include <gio/gio.h>

#include <memory>

namespace imgmill::desktop {

struct Release {
  void operator()(gpointer object) const { g_object_unref(object); }
  void operator()(GError* error) const { g_error_free(error); }
  void operator()(GVariant* variant) const { g_variant_unref(variant); }
  void operator()(GUri* uri) const { g_uri_unref(uri); }
  void operator()(char* text) const { g_free(text); }
};

/// Owns one reference. `T` is any GObject, GError, GVariant, GUri or char.
template <typename T>
using Owned = std::unique_ptr<T, Release>;

/// Adds a reference to an object that is owned elsewhere.
template <typename T>
[[nodiscard]] Owned<T> shared(T* object) {
  return Owned<T>(static_cast<T*>(g_object_ref(object)));
}

/// Receives a GError out-parameter: `f(..., ErrorInto(error))`.
class ErrorInto {
 public:
  explicit ErrorInto(Owned<GError>& error) : error_(error) {}
  ErrorInto(const ErrorInto&) = delete;
  ErrorInto& operator=(const ErrorInto&) = delete;
  ~ErrorInto() { error_.reset(taken_); }
  operator GError**() { return &taken_; }  // NOLINT(google-explicit-constructor)

 private:
  Owned<GError>& error_;
  GError* taken_ = nullptr;
};

}  // namespace imgmill::desktop
