#include "pool/orders.h"

#include "base/try.h"
#include "schema/json_comparison.h"
#include "schema/json_outcome.h"
#include "schema/json_placeholder.h"
#include "schema/json_settings.h"

namespace imgmill {
namespace {

Result<Json> parse(std::string_view body) {
  Json json = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return fail(ErrorCode::bad_input, "a message is not JSON");
  return json;
}

/// Parses a body with `read`. Any error is reported as an error in the message, not in the user's
/// input.
template <typename T>
Result<T> read_body(std::string_view body, Result<T> (*read)(const JsonPlace&)) {
  IMGMILL_TRY(const Json json, parse(body));
  Result<T> result = read({json, ""});
  if (result) return result;
  return fail(ErrorCode::bad_input, "a message is wrong: " + result.error().message());
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<std::int64_t> number(const JsonPlace& at, const char* field) {
  IMGMILL_TRY(const JsonPlace place, required_at(at, field));
  return integer_at(place, 0, std::int64_t{1} << 53);
}

Result<PoolSettings> read_pool_settings(const JsonPlace& at) {
  IMGMILL_CHECK(check_fields(at, {"sandbox", "warm_up", "address_space", "threads", "niceness"}));
  PoolSettings settings;
  IMGMILL_TRY(const JsonPlace mode, required_at(at, "sandbox"));
  IMGMILL_TRY(settings.sandbox, named_at(mode, SandboxMode::off));
  IMGMILL_TRY(const JsonPlace warm_up, required_at(at, "warm_up"));
  IMGMILL_TRY(const bool warm, flag_at(warm_up));
  settings.warm_up = warm ? WarmUp::on : WarmUp::off;
  IMGMILL_TRY(const std::int64_t bytes, number(at, "address_space"));
  settings.address_space = static_cast<std::uint64_t>(bytes);
  IMGMILL_TRY(const JsonPlace threads, required_at(at, "threads"));
  IMGMILL_TRY(const std::int64_t count, integer_at(threads, 1, 1024));
  settings.threads = static_cast<int>(count);
  IMGMILL_TRY(const JsonPlace niceness, required_at(at, "niceness"));
  IMGMILL_TRY(const std::int64_t added, integer_at(niceness, 0, 19));
  settings.niceness = static_cast<int>(added);
  return settings;
}

/// Reads the resource limits that all orders contain.
template <typename SomeOrder>
Result<void> read_bounds(const JsonPlace& at, SomeOrder& order) {
  IMGMILL_TRY(const JsonPlace limits, required_at(at, "limits"));
  IMGMILL_TRY(order.limits, limits_at(limits));
  IMGMILL_TRY(const JsonPlace threads, required_at(at, "threads"));
  IMGMILL_TRY(const std::int64_t count, integer_at(threads, 1, 1024));
  order.threads = static_cast<int>(count);
  IMGMILL_TRY(const std::int64_t seconds, number(at, "cpu_seconds"));
  order.cpu_seconds = static_cast<std::uint64_t>(seconds);
  IMGMILL_TRY(const std::int64_t memory, number(at, "memory"));
  order.memory = static_cast<std::uint64_t>(memory);
  return {};
}

Result<Order> read_order(const JsonPlace& at) {
  IMGMILL_CHECK(check_fields(at, {"settings", "limits", "threads", "cpu_seconds", "memory"}));
  Order order;
  IMGMILL_TRY(const JsonPlace settings, required_at(at, "settings"));
  IMGMILL_TRY(order.settings, settings_at(settings, {}));
  IMGMILL_CHECK(read_bounds(at, order));
  return order;
}

Result<CompareOrder> read_compare_order(const JsonPlace& at) {
  IMGMILL_CHECK(
      check_fields(at, {"original_bytes", "map", "limits", "threads", "cpu_seconds", "memory"}));
  CompareOrder order;
  IMGMILL_TRY(const std::int64_t bytes, number(at, "original_bytes"));
  order.original_bytes = static_cast<std::uint64_t>(bytes);
  IMGMILL_TRY(const JsonPlace map, required_at(at, "map"));
  IMGMILL_TRY(const bool wanted, flag_at(map));
  order.options.map = wanted ? HeatMap::yes : HeatMap::no;
  IMGMILL_CHECK(read_bounds(at, order));
  return order;
}

Result<SketchOrder> read_sketch_order(const JsonPlace& at) {
  IMGMILL_CHECK(check_fields(at, {"limits", "threads", "cpu_seconds", "memory"}));
  SketchOrder order;
  IMGMILL_CHECK(read_bounds(at, order));
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
    IMGMILL_TRY(const JsonPlace layer, required_at(place, "layer"));
    IMGMILL_TRY(const JsonPlace state, required_at(place, "state"));
    IMGMILL_TRY(const JsonPlace reason, required_at(place, "reason"));
    LayerReport entry;
    IMGMILL_TRY(entry.layer, named_at(layer, all_layers.back()));
    IMGMILL_TRY(entry.state, named_at(state, LayerState::unavailable));
    IMGMILL_TRY(entry.reason, text_at(reason));
    report.push_back(std::move(entry));
  }
  return report;
}

// What every order grants to a worker, within which limits.
template <typename AnyOrder>
void add_grant(Json& json, const AnyOrder& order) {
  json["limits"] = json_of(order.limits);
  json["threads"] = order.threads;
  json["cpu_seconds"] = order.cpu_seconds;
  json["memory"] = order.memory;
}

}  // namespace

std::string to_body(const PoolSettings& settings) {
  Json json = Json::object();
  json["sandbox"] = name_of(settings.sandbox);
  json["warm_up"] = settings.warm_up == WarmUp::on;
  json["address_space"] = settings.address_space;
  json["threads"] = settings.threads;
  json["niceness"] = settings.niceness;
  return dump(json);
}

Result<PoolSettings> pool_settings_from(std::string_view body) {
  return read_body(body, read_pool_settings);
}

std::string to_body(const Order& order) {
  Json json = Json::object();
  json["settings"] = json_of(order.settings);
  add_grant(json, order);
  return dump(json);
}

Result<Order> order_from(std::string_view body) { return read_body(body, read_order); }

std::string to_body(const CompareOrder& order) {
  Json json = Json::object();
  json["original_bytes"] = order.original_bytes;
  json["map"] = order.options.map == HeatMap::yes;
  add_grant(json, order);
  return dump(json);
}

Result<CompareOrder> compare_order_from(std::string_view body) {
  return read_body(body, read_compare_order);
}

std::string to_body(const SketchOrder& order) {
  Json json = Json::object();
  add_grant(json, order);
  return dump(json);
}

Result<SketchOrder> sketch_order_from(std::string_view body) {
  return read_body(body, read_sketch_order);
}

std::string to_body(const Placeholder& placeholder) { return dump(json_of(placeholder)); }

Result<Placeholder> placeholder_from(std::string_view body) {
  return read_body(body, placeholder_at);
}

std::string to_body(const Comparison& comparison) { return dump(json_of(comparison)); }

Result<Comparison> comparison_from(std::string_view body) { return read_body(body, comparison_at); }

std::string to_body(const Optimized& optimized) { return dump(json_of(optimized)); }

Result<Optimized> optimized_from(std::string_view body) { return read_body(body, optimized_at); }

std::string to_body(const Error& error) { return dump(json_of(error)); }

Result<Error> error_from(std::string_view body) { return read_body(body, error_at); }

std::string to_body(const SandboxReport& report) {
  Json json = Json::array();
  for (const LayerReport& entry : report) {
    json.push_back({{"layer", name_of(entry.layer)},
                    {"state", name_of(entry.state)},
                    {"reason", entry.reason}});
  }
  return dump(json);
}

Result<SandboxReport> report_from(std::string_view body) { return read_body(body, read_report); }

}  // namespace imgmill
