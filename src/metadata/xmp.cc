#include "metadata/xmp.h"

#include <expat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "base/xml.h"
#include "metadata/bytes.h"

namespace imgmill {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t most_bytes = std::size_t{16} << 20;
constexpr std::size_t most_nodes = 200'000;
constexpr std::size_t most_depth = 64;

constexpr auto rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"sv;
constexpr auto xml = "http://www.w3.org/XML/1998/namespace"sv;
constexpr auto xmpmeta = "adobe:ns:meta/"sv;
constexpr auto exif = "http://ns.adobe.com/exif/1.0/"sv;
constexpr auto exif_ex = "http://cipa.jp/exif/1.0/"sv;
constexpr auto exif_aux = "http://ns.adobe.com/exif/1.0/aux/"sv;
constexpr auto tiff = "http://ns.adobe.com/tiff/1.0/"sv;
constexpr auto dublin_core = "http://purl.org/dc/elements/1.1/"sv;
constexpr auto photoshop = "http://ns.adobe.com/photoshop/1.0/"sv;
constexpr auto xmp_basic = "http://ns.adobe.com/xap/1.0/"sv;
constexpr auto xmp_rights = "http://ns.adobe.com/xap/1.0/rights/"sv;
constexpr auto plus = "http://ns.useplus.org/ldf/xmp/1.0/"sv;
constexpr auto creative_commons = "http://creativecommons.org/ns#"sv;
constexpr auto iptc_core = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"sv;
constexpr auto iptc_extension = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"sv;
constexpr auto mwg_regions = "http://www.metadataworkinggroup.com/schemas/regions/"sv;
constexpr auto area_fields = "http://ns.adobe.com/xmp/sType/Area#"sv;
constexpr auto google_camera = "http://ns.google.com/photos/1.0/camera/"sv;

// Readers of gain maps, depth maps and motion photos need all of these.
constexpr std::array container_spaces = {
    google_camera,
    "http://ns.google.com/photos/1.0/container/"sv,
    "http://ns.google.com/photos/1.0/container/item/"sv,
    "http://ns.google.com/photos/1.0/image/"sv,
    "http://ns.google.com/photos/1.0/depthmap/"sv,
    "http://ns.google.com/photos/dd/1.0/device/"sv,
    "http://ns.adobe.com/hdr-gain-map/1.0/"sv,
    "http://ns.apple.com/HDRGainMap/1.0/"sv,
    "http://ns.apple.com/pixeldatainfo/1.0/"sv,
};
constexpr std::array gain_map_spaces = {"http://ns.adobe.com/hdr-gain-map/1.0/"sv,
                                        "http://ns.apple.com/HDRGainMap/1.0/"sv};

struct Name {
  std::string space;
  std::string local;
  std::string prefix;
};

struct Attribute {
  Name name;
  std::string value;
};

struct Node {
  Name name;
  std::vector<Attribute> attributes;
  std::vector<Node> children;
  std::string text;
};

// Splits what expat joins with line feeds: namespace, local name, prefix.
Name parted(std::string_view joined) {
  Name name;
  const std::size_t first = joined.find('\n');
  if (first == std::string_view::npos) {
    name.local = joined;
    return name;
  }
  name.space = joined.substr(0, first);
  joined.remove_prefix(first + 1);
  const std::size_t second = joined.find('\n');
  name.local = joined.substr(0, second);
  if (second != std::string_view::npos) name.prefix = joined.substr(second + 1);
  return name;
}

// Builds the tree. Must not throw through expat: errors stop the parser.
class Builder {
 public:
  explicit Builder(XML_Parser parser) : parser_(parser) {
    path_.push_back(&root_);
    XML_SetUserData(parser, this);
    XML_SetReturnNSTriplet(parser, 1);
    XML_SetElementHandler(
        parser,
        [](void* self, const XML_Char* name, const XML_Char** attributes) {
          guarded(self, [&](Builder& b) { b.begin(name, attributes); });
        },
        [](void* self, const XML_Char*) { guarded(self, [](Builder& b) { b.path_.pop_back(); }); });
    XML_SetCharacterDataHandler(parser, [](void* self, const XML_Char* text, int size) {
      guarded(self, [&](Builder& b) {
        b.path_.back()->text.append(text, static_cast<std::size_t>(size));
      });
    });
    // No XMP writer uses entities, but attacks on readers do.
    XML_SetStartDoctypeDeclHandler(
        parser, [](void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
          static_cast<Builder*>(self)->stop();
        });
  }

  [[nodiscard]] Node take() { return std::move(root_); }
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  template <typename Work>
  static void guarded(void* self, const Work& work) {
    auto& builder = *static_cast<Builder*>(self);
    if (builder.stopped_) return;
    try {
      work(builder);
    } catch (const std::bad_alloc&) {
      builder.stop();
    }
  }

  void stop() {
    stopped_ = true;
    XML_StopParser(parser_, XML_FALSE);
  }

  void begin(const XML_Char* name, const XML_Char** attributes) {
    if (++nodes_ > most_nodes || path_.size() > most_depth) return stop();
    Node node{.name = parted(name)};
    for (const XML_Char** at = attributes; *at != nullptr; at += 2) {
      node.attributes.push_back({parted(at[0]), at[1]});
    }
    // Safe although the vector grows: only the last child of each is ever open.
    path_.back()->children.push_back(std::move(node));
    path_.push_back(&path_.back()->children.back());
  }

  XML_Parser parser_;
  Node root_;
  std::vector<Node*> path_;
  std::size_t nodes_ = 0;
  bool stopped_ = false;
};

struct Releases {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

// Returns the packet's document, or none.
std::optional<Node> parse(ByteView packet) {
  const std::string_view text = as_text(packet);
  // Writers pad with spaces, some with zeros.
  const std::size_t last = text.find_last_not_of(" \r\n\t\0"sv);
  if (last == std::string_view::npos || text.size() > most_bytes) return std::nullopt;
  const std::size_t first = std::min(text.find('<'), last);
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, Releases> parser(
      XML_ParserCreateNS("UTF-8", '\n'));
  if (parser == nullptr) return std::nullopt;
  Builder builder(parser.get());
  const std::string_view document = text.substr(first, last + 1 - first);
  const XML_Status status =
      XML_Parse(parser.get(), document.data(), static_cast<int>(document.size()), XML_TRUE);
  if (status != XML_STATUS_OK || builder.stopped()) return std::nullopt;
  return builder.take();
}

bool is(const Name& name, std::string_view space, std::string_view local) {
  return name.space == space && name.local == local;
}

template <std::size_t N>
bool in(const std::array<std::string_view, N>& list, std::string_view value) {
  return std::ranges::find(list, value) != list.end();
}

bool is_rights(const Name& name) {
  if (name.space == xmp_rights || name.space == plus || name.space == creative_commons) return true;
  if (name.space == dublin_core) return name.local == "rights" || name.local == "creator";
  return is(name, photoshop, "Credit") || is(name, iptc_core, "CreatorContactInfo");
}

bool is_source_type(const Name& name) {
  constexpr std::array local = {"DigitalSourceType"sv, "DigitalSourcefileType"sv,
                                "digitalSourceType"sv, "AISystemUsed"sv, "AISystemVersionUsed"sv};
  return name.space == iptc_extension && in(local, name.local);
}

bool is_container(const Name& name) { return in(container_spaces, name.space); }

PrivateData privacy_of(const Name& name) {
  const std::string_view local = name.local;
  PrivateData found;
  if (name.space == exif) {
    found.position = local.starts_with("GPS") && local != "GPSVersionID" && local != "GPSMapDatum";
    found.comment = local == "UserComment";
    found.serial = local == "ImageUniqueID";
  } else if (name.space == photoshop) {
    found.position = local == "City" || local == "State" || local == "Country";
    found.comment = local == "Headline" || local == "Instructions";
  } else if (name.space == iptc_core) {
    found.position = local == "Location" || local == "CountryCode";
  } else if (name.space == iptc_extension) {
    found.position = local == "LocationShown" || local == "LocationCreated";
    found.comment = local == "AIPromptInformation";
  } else if (name.space == exif_aux || name.space == exif_ex) {
    found.serial = local.ends_with("SerialNumber") || local.ends_with("OwnerName");
  } else if (name.space == dublin_core) {
    found.comment = local == "description" || local == "title" || local == "subject";
  } else if (name.space == xmp_basic) {
    found.thumbnail = local == "Thumbnails";
  }
  return found;
}

// Calls `visit(name, attribute, node)` for each property of the packet; one of the two is null.
template <typename Visit>
void for_each_property(const Node& node, const Visit& visit) {
  for (const Node& child : node.children) {
    if (is(child.name, rdf, "Description")) {
      for (const Attribute& attribute : child.attributes) {
        if (attribute.name.space == rdf || attribute.name.space == xml) continue;
        visit(attribute.name, &attribute, nullptr);
      }
      for (const Node& property : child.children) visit(property.name, nullptr, &property);
    } else if (is(child.name, rdf, "RDF") || is(child.name, xmpmeta, "xmpmeta") ||
               is(child.name, xmpmeta, "xapmeta")) {
      for_each_property(child, visit);
    }
  }
}

// The same, including everything nested inside them.
template <typename Visit>
void for_each_node(const Node& node, const Visit& visit) {
  visit(node);
  for (const Node& child : node.children) for_each_node(child, visit);
}

// The text of a field of a structure, which may be an attribute or an element.
std::optional<std::string_view> field_of(const Node& node, std::string_view space,
                                         std::string_view local) {
  for (const Attribute& attribute : node.attributes) {
    if (is(attribute.name, space, local)) return attribute.value;
  }
  for (const Node& child : node.children) {
    if (is(child.name, space, local)) return child.text;
    // The fields may be in a description of their own.
    if (is(child.name, rdf, "Description")) {
      if (const auto found = field_of(child, space, local)) return found;
    }
  }
  return std::nullopt;
}

// A share, 0..1; nothing for anything else.
std::optional<double> share_of(const Node& node, std::string_view space, std::string_view local) {
  const auto text = field_of(node, space, local);
  if (!text) return std::nullopt;
  double value = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc{} || stop != end || !(value >= 0) || !(value <= 1)) return std::nullopt;
  return value;
}

// The rectangle of one region, if `node` describes one.
std::optional<RegionBox> region_in(const Node& node) {
  if (is(node.name, mwg_regions, "Area")) {
    // x and y are those of the centre; points have no size.
    const auto x = share_of(node, area_fields, "x");
    const auto y = share_of(node, area_fields, "y");
    const double width = share_of(node, area_fields, "w").value_or(0);
    const double height = share_of(node, area_fields, "h").value_or(0);
    const auto unit = field_of(node, area_fields, "unit");
    if (!x || !y || (unit && *unit != "normalized")) return std::nullopt;
    return RegionBox{*x - width / 2, *y - height / 2, *x + width / 2, *y + height / 2};
  }
  if (is(node.name, iptc_extension, "RegionBoundary")) {
    const auto left = share_of(node, iptc_extension, "rbX");
    const auto top = share_of(node, iptc_extension, "rbY");
    const double width = share_of(node, iptc_extension, "rbW").value_or(0);
    const double height = share_of(node, iptc_extension, "rbH").value_or(0);
    const auto unit = field_of(node, iptc_extension, "rbUnit");
    if (!left || !top || (unit && *unit != "relative")) return std::nullopt;
    return RegionBox{*left, *top, *left + width, *top + height};
  }
  return std::nullopt;
}

RegionBox around_both(const RegionBox& one, const RegionBox& other) {
  return {std::min(one.left, other.left), std::min(one.top, other.top),
          std::max(one.right, other.right), std::max(one.bottom, other.bottom)};
}

void escape(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '"') {
      out += "&quot;";
    } else {
      append_xml(out, c, "&<>\t\n\r");
    }
  }
}

// Assigns one prefix per namespace, its own if that is unused.
class Prefixes {
 public:
  Prefixes() {
    known_[std::string(xml)] = "xml";
    known_[std::string(rdf)] = "rdf";
  }
  void add(const Name& name) {
    if (name.space.empty() || known_.contains(name.space)) return;
    const auto taken = [&](const std::string& prefix) {
      return std::ranges::any_of(known_, [&](const auto& each) { return each.second == prefix; });
    };
    std::string prefix = name.prefix;
    for (int i = 1; prefix.empty() || taken(prefix); ++i) prefix = "ns" + std::to_string(i);
    known_[name.space] = prefix;
    declared_ += " xmlns:" + prefix + "=\"";
    escape(declared_, name.space);
    declared_ += '"';
  }
  [[nodiscard]] std::string of(const Name& name) const {
    if (name.space.empty()) return name.local;
    return known_.at(name.space) + ":" + name.local;
  }
  [[nodiscard]] const std::string& declared() const { return declared_; }

 private:
  std::map<std::string, std::string, std::less<>> known_;
  std::string declared_;
};

void write(std::string& out, const Node& node, const Prefixes& prefixes) {
  const std::string name = prefixes.of(node.name);
  out += '<' + name;
  for (const Attribute& attribute : node.attributes) {
    out += ' ' + prefixes.of(attribute.name) + "=\"";
    escape(out, attribute.value);
    out += '"';
  }
  if (node.children.empty() && node.text.empty()) {
    out += "/>";
    return;
  }
  out += '>';
  if (node.children.empty()) {
    escape(out, node.text);
  } else {
    for (const Node& child : node.children) write(out, child, prefixes);
  }
  out += "</" + name + '>';
}

}  // namespace

XmpFacts read_xmp(ByteView packet) {
  XmpFacts facts;
  const std::optional<Node> document = parse(packet);
  if (!document) return facts;
  facts.readable = true;
  for_each_property(*document, [&](const Name& name, const Attribute* attribute, const Node* node) {
    facts.holds |= privacy_of(name);
    facts.rights = facts.rights || is_rights(name);
    facts.source_type = facts.source_type || is_source_type(name);
    facts.container = facts.container || is_container(name);
    facts.gain_map = facts.gain_map || in(gain_map_spaces, name.space);
    const std::string_view value = attribute != nullptr ? attribute->value : node->text;
    if (is(name, tiff, "Orientation") && value.size() == 1 && value[0] >= '1' && value[0] <= '8') {
      facts.orientation = value[0] - '0';
    }
    if (name.space == google_camera &&
        (name.local == "MotionPhoto" || name.local == "MicroVideo") && value == "1") {
      facts.motion_video = true;
    }
  });
  for_each_node(*document, [&](const Node& node) {
    if (const std::optional<RegionBox> region = region_in(node)) {
      facts.regions = facts.regions ? around_both(*facts.regions, *region) : *region;
    }
    for (const Attribute& attribute : node.attributes) {
      const bool semantic = attribute.name.local == "Semantic" && is_container(attribute.name);
      if (semantic && attribute.value == "MotionPhoto") facts.motion_video = true;
      if (semantic && attribute.value == "GainMap") facts.gain_map = true;
    }
  });
  return facts;
}

Buffer filter_xmp(ByteView packet, const XmpSelection& selection) {
  const std::optional<Node> document = parse(packet);
  if (!document) return {};
  Node description{.name = {std::string(rdf), "Description", "rdf"}};
  description.attributes.push_back({{std::string(rdf), "about", "rdf"}, ""});
  for_each_property(*document, [&](const Name& name, const Attribute* attribute, const Node* node) {
    const bool stays = is_rights(name)        ? selection.rights
                       : is_source_type(name) ? selection.source_type
                       : is_container(name)   ? selection.container
                                              : selection.rest;
    if (!stays) return;
    if (attribute != nullptr) {
      // Duplicate attributes would be invalid XML.
      const bool there = std::ranges::any_of(description.attributes, [&](const Attribute& each) {
        return is(each.name, name.space, name.local);
      });
      if (!there) description.attributes.push_back(*attribute);
    } else {
      description.children.push_back(*node);
    }
  });
  if (description.attributes.size() == 1 && description.children.empty()) return {};
  Prefixes prefixes;
  for_each_node(description, [&](const Node& node) {
    prefixes.add(node.name);
    for (const Attribute& attribute : node.attributes) prefixes.add(attribute.name);
  });
  std::string out =
      "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"
      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"
      "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"" +
      prefixes.declared() + '>';
  write(out, description, prefixes);
  out += "</rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>";
  return Buffer::copy_of(as_bytes(out));
}

Buffer with_xmp_orientation(ByteView packet, int orientation) {
  Buffer changed = Buffer::copy_of(packet);
  if (orientation < 1 || orientation > 8) return changed;
  const std::string_view text = as_text(packet);
  constexpr auto name = ":Orientation"sv;
  for (std::size_t at = text.find(name); at != std::string_view::npos;
       at = text.find(name, at + name.size())) {
    // ="6", ='6' or >6<, with or without spaces.
    std::size_t digit = at + name.size();
    while (digit < text.size() && " \t\r\n=\"'>"sv.find(text[digit]) != std::string_view::npos) {
      ++digit;
    }
    if (digit < text.size() && digit > at + name.size() && text[digit] >= '1' &&
        text[digit] <= '8') {
      changed.writable()[digit] = static_cast<std::byte>('0' + orientation);
    }
  }
  return changed;
}

Buffer padded_xmp(ByteView packet, std::size_t size) {
  if (packet.size() > size) return {};
  const std::string_view text = as_text(packet);
  const std::size_t end = std::min(text.rfind("<?xpacket end"), text.size());
  metadata::ByteWriter out(size);
  out.append(packet.first(end));
  const std::string spaces(size - packet.size(), ' ');
  out.append(spaces);
  out.append(packet.subspan(end));
  return out.take();
}

}  // namespace imgmill
