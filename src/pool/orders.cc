#include "pool/orders.h"

#include "base/try.h"
#include "schema/json_outcome.h"
#include "schema/json_settings.h"

namespace imgmill {
namespace {

Result<Json> parse(std::string_view body) {
  Json json = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return fail(ErrorCode::bad_input, "a message is not JSON");
  return json;
}

/// Whatever is wrong with a message is the message's fault, not the user's.
template <typename T>
Result<T> as_bad_message(Result<T> result) {
  if (result) return result;
  return fail(ErrorCode::bad_input, "a message is wrong: " + result.error().message());
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<std::int64_t> number(const JsonPlace& at, const char* field) {
  const auto place = at.find(field);
  if (!place) return json_error(at, std::string("has no \"") + field + '"', "");
  return integer_at(*place, 0, std::int64_t{1} << 53);
}

Result<JsonPlace> required(const JsonPlace& at, const char* field) {
  if (auto place = at.find(field)) return *std::move(place);
  return json_error(at, std::string("has no \"") + field + '"', "");
}

Result<PoolSettings> read_pool_settings(const JsonPlace& at) {
  IMGMILL_CHECK(check_fields(at, {"sandbox", "warm_up", "address_space", "threads"}));
  PoolSettings settings;
  IMGMILL_TRY(const JsonPlace mode, required(at, "sandbox"));
  IMGMILL_TRY(const std::string name, text_at(mode));
  const std::optional<SandboxMode> sandbox = sandbox_mode_named(name);
  if (!sandbox) return json_error(mode, "is no mode of the sandbox", "");
  settings.sandbox = *sandbox;
  IMGMILL_TRY(const JsonPlace warm_up, required(at, "warm_up"));
  IMGMILL_TRY(const bool warm, flag_at(warm_up));
  settings.warm_up = warm ? WarmUp::on : WarmUp::off;
  IMGMILL_TRY(const std::int64_t bytes, number(at, "address_space"));
  settings.address_space = static_cast<std::uint64_t>(bytes);
  IMGMILL_TRY(const JsonPlace threads, required(at, "threads"));
  IMGMILL_TRY(const std::int64_t count, integer_at(threads, 1, 1024));
  settings.threads = static_cast<int>(count);
  return settings;
}

Result<Order> read_order(const JsonPlace& at) {
  IMGMILL_CHECK(check_fields(at, {"settings", "limits", "threads", "cpu_seconds"}));
  Order order;
  IMGMILL_TRY(const JsonPlace settings, required(at, "settings"));
  IMGMILL_TRY(order.settings, settings_at(settings, {}));
  IMGMILL_TRY(const JsonPlace limits, required(at, "limits"));
  IMGMILL_TRY(order.limits, limits_at(limits));
  IMGMILL_TRY(const JsonPlace threads, required(at, "threads"));
  IMGMILL_TRY(const std::int64_t count, integer_at(threads, 1, 1024));
  order.threads = static_cast<int>(count);
  IMGMILL_TRY(const std::int64_t seconds, number(at, "cpu_seconds"));
  order.cpu_seconds = static_cast<std::uint64_t>(seconds);
  return order;
}

Result<SandboxReport> read_report(const JsonPlace& at) {
  if (!at.value.is_array() || at.value.size() > all_layers.size()) {
    return json_error(at, "is not a list of layers", "");
  }
  SandboxReport report;
  for (const Json& item : at.value) {
    const JsonPlace place{item, at.path};
    IMGMILL_CHECK(check_fields(place, {"layer", "state", "reason"}));
    IMGMILL_TRY(const JsonPlace layer, required(place, "layer"));
    IMGMILL_TRY(const std::string layer_name, text_at(layer));
    IMGMILL_TRY(const JsonPlace state, required(place, "state"));
    IMGMILL_TRY(const std::string state_name, text_at(state));
    IMGMILL_TRY(const JsonPlace reason, required(place, "reason"));
    LayerReport entry;
    IMGMILL_TRY(entry.reason, text_at(reason));
    bool known_layer = false;
    for (const Layer candidate : all_layers) {
      if (name_of(candidate) != layer_name) continue;
      entry.layer = candidate;
      known_layer = true;
    }
    bool known_state = false;
    for (const LayerState candidate : {LayerState::on, LayerState::off, LayerState::unavailable}) {
      if (name_of(candidate) != state_name) continue;
      entry.state = candidate;
      known_state = true;
    }
    if (!known_layer || !known_state) return json_error(place, "is not a known layer", "");
    report.push_back(std::move(entry));
  }
  return report;
}

}  // namespace

std::string to_body(const PoolSettings& settings) {
  Json json = Json::object();
  json["sandbox"] = name_of(settings.sandbox);
  json["warm_up"] = settings.warm_up == WarmUp::on;
  json["address_space"] = settings.address_space;
  json["threads"] = settings.threads;
  return dump(json);
}

Result<PoolSettings> pool_settings_from(std::string_view body) {
  IMGMILL_TRY(const Json json, parse(body));
  return as_bad_message(read_pool_settings({json, ""}));
}

std::string to_body(const Order& order) {
  Json json = Json::object();
  json["settings"] = json_of(order.settings);
  json["limits"] = json_of(order.limits);
  json["threads"] = order.threads;
  json["cpu_seconds"] = order.cpu_seconds;
  return dump(json);
}

Result<Order> order_from(std::string_view body) {
  IMGMILL_TRY(const Json json, parse(body));
  return as_bad_message(read_order({json, ""}));
}

std::string to_body(const Optimized& optimized) { return dump(json_of(optimized)); }

Result<Optimized> optimized_from(std::string_view body) {
  IMGMILL_TRY(const Json json, parse(body));
  return as_bad_message(optimized_at({json, ""}));
}

std::string to_body(const Error& error) { return dump(json_of(error)); }

Result<Error> error_from(std::string_view body) {
  IMGMILL_TRY(const Json json, parse(body));
  return as_bad_message(error_at({json, ""}));
}

std::string to_body(const SandboxReport& report) {
  Json json = Json::array();
  for (const LayerReport& entry : report) {
    json.push_back({{"layer", name_of(entry.layer)},
                    {"state", name_of(entry.state)},
                    {"reason", entry.reason}});
  }
  return dump(json);
}

Result<SandboxReport> report_from(std::string_view body) {
  IMGMILL_TRY(const Json json, parse(body));
  return as_bad_message(read_report({json, ""}));
}

}  // namespace imgmill
