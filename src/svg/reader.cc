#include "svg/reader.h"

// Without it, older headers hide the protection against entity expansion.
#define XML_DTD
#include <expat.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <string>

#include "base/try.h"

namespace imgmill::svg {
namespace {

constexpr std::string_view svg_space = "http://www.w3.org/2000/svg";

// Namespaces of drawing programs, by prefix. Collected from files that they wrote.
constexpr std::array<std::string_view, 17> editor_spaces = {
    "http://www.inkscape.org/namespaces/",
    "http://sodipodi.sourceforge.net/",
    "http://inkscape.sourceforge.net/",
    "http://www.bohemiancoding.com/sketch/",
    "http://ns.adobe.com/AdobeIllustrator/",
    "http://ns.adobe.com/AdobeSVGViewerExtensions/",
    "http://ns.adobe.com/Extensibility/",
    "http://ns.adobe.com/Flows/",
    "http://ns.adobe.com/GenericCustomNamespace/",
    "http://ns.adobe.com/Graphs/",
    "http://ns.adobe.com/ImageReplacement/",
    "http://ns.adobe.com/SaveForWeb/",
    "http://ns.adobe.com/Variables/",
    "http://ns.adobe.com/XPath/",
    "http://www.figma.com/figma/",
    "http://www.serif.com/",
    "http://krita.org/namespaces/",
};

Space space_of(std::string_view name) {
  if (name == svg_space) return Space::svg;
  for (const std::string_view start : editor_spaces) {
    if (name.starts_with(start)) return Space::editor;
  }
  return Space::other;
}

/// The state while expat parses the file. Handlers must not throw.
class Builder {
 public:
  Builder(const ReadLimits& limits, std::size_t most_text, bool root_only)
      : limits_(limits), most_text_(most_text), root_only_(root_only) {
    open_.emplace_back();
  }

  void attach(XML_Parser parser) {
    parser_ = parser;
    XML_SetUserData(parser, this);
    XML_SetElementHandler(
        parser,
        [](void* self, const XML_Char* name, const XML_Char** attributes) {
          guarded(self, [&](Builder& b) { b.start(name, attributes); });
        },
        [](void* self, const XML_Char*) { guarded(self, [](Builder& b) { b.end(); }); });
    XML_SetCharacterDataHandler(parser, [](void* self, const XML_Char* text, int size) {
      guarded(self, [&](Builder& b) { b.characters({text, static_cast<std::size_t>(size)}); });
    });
    XML_SetCdataSectionHandler(
        parser,
        [](void* self) {
          guarded(self, [](Builder& b) {
            b.add({.kind = Kind::cdata});
            b.in_cdata_ = true;
          });
        },
        [](void* self) { guarded(self, [](Builder& b) { b.in_cdata_ = false; }); });
    XML_SetCommentHandler(parser, [](void* self, const XML_Char* text) {
      guarded(self, [&](Builder& b) { b.aside(Kind::comment, text); });
    });
    XML_SetProcessingInstructionHandler(
        parser, [](void* self, const XML_Char* target, const XML_Char* data) {
          guarded(self, [&](Builder& b) {
            std::string text = target;
            if (*data != 0) text.append(" ").append(data);
            b.aside(Kind::instruction, std::move(text));
          });
        });
    XML_SetDoctypeDeclHandler(
        parser,
        [](void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
          static_cast<Builder*>(self)->in_doctype_ = true;
        },
        [](void* self) { static_cast<Builder*>(self)->in_doctype_ = false; });
    XML_SetEntityDeclHandler(
        parser, [](void* self, const XML_Char*, int parameter, const XML_Char* value, int,
                   const XML_Char*, const XML_Char*, const XML_Char*, const XML_Char*) {
          if (parameter != 0 || value == nullptr) {
            static_cast<Builder*>(self)->refuse("it declares entities that lie outside of it");
          }
        });
    XML_SetAttlistDeclHandler(parser, [](void* self, const XML_Char*, const XML_Char*,
                                         const XML_Char*, const XML_Char*, int) {
      static_cast<Builder*>(self)->refuse("its DOCTYPE declares attributes");
    });
    XML_SetNotationDeclHandler(
        parser, [](void* self, const XML_Char*, const XML_Char*, const XML_Char*, const XML_Char*) {
          static_cast<Builder*>(self)->refuse("its DOCTYPE declares notations");
        });
    XML_SetSkippedEntityHandler(parser, [](void* self, const XML_Char*, int) {
      static_cast<Builder*>(self)->refuse("it uses an entity that it does not declare");
    });
  }

  [[nodiscard]] bool root_seen() const { return root_seen_; }
  std::optional<Error> failure;
  [[nodiscard]] Document take() { return {.nodes = std::move(open_.front().children)}; }
  /// Returns the root of a file that was read up to its root tag only.
  [[nodiscard]] Node take_root() { return std::move(open_.back()); }

 private:
  template <typename Work>
  static void guarded(void* self, Work&& work) {
    Builder& builder = *static_cast<Builder*>(self);
    if (builder.failure) return;
    try {
      work(builder);
    } catch (const std::bad_alloc&) {
      builder.stop(Error(ErrorCode::limit, "there was not enough memory for this drawing",
                         "run fewer images at once (--jobs)"));
    }
  }

  void stop(Error error) {
    if (!failure) failure = std::move(error);
    XML_StopParser(parser_, XML_FALSE);
  }
  void refuse(const char* reason) {
    // The root's tag gives the size, whatever the rest contains.
    if (root_only_) return;
    stop(Error(ErrorCode::unsupported, fmt::format("this SVG is not touched: {}", reason),
               "save it as plain SVG with the program that made it"));
  }
  void over(std::string_view what) {
    stop(Error(ErrorCode::limit, fmt::format("a drawing with too {}", what),
               "simplify it with the program that made it"));
  }

  // Accounts for every byte of the tree before it is stored.
  bool afford(std::size_t bytes) {
    text_ += bytes;
    if (text_ <= most_text_) return true;
    over("much text, or entities that grow");
    return false;
  }

  Node* add(Node node) {
    if (++nodes_ > limits_.nodes) {
      over("many elements");
      return nullptr;
    }
    open_.back().children.push_back(std::move(node));
    return &open_.back().children.back();
  }

  // Returns the namespace bound to `prefix` here; null if it was never declared.
  const std::string* namespace_of(std::string_view prefix) const {
    for (auto known = declared_.rbegin(); known != declared_.rend(); ++known) {
      if (known->prefix == prefix) return &known->name;
    }
    return nullptr;
  }

  static std::string_view prefix_of(std::string_view name) {
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
  }

  void start(const XML_Char* name, const XML_Char** attributes) {
    if (open_.size() > limits_.depth) return over("many levels");
    if (++nodes_ > limits_.nodes) return over("many elements");
    Node node{.text = name};
    if (!afford(node.text.size())) return;
    const std::size_t declared_before = declared_.size();
    for (const XML_Char** at = attributes; *at != nullptr; at += 2) {
      if (++attributes_ > limits_.attributes) return over("many attributes");
      Attribute attribute{.name = at[0], .value = at[1]};
      if (!afford(attribute.name.size() + attribute.value.size())) return;
      const std::string_view text = attribute.name;
      if (text == "xmlns" || text.starts_with("xmlns:")) {
        attribute.space = Space::declaration;
        declared_.push_back({std::string(text == "xmlns" ? "" : text.substr(6)), attribute.value});
      }
      node.attributes.push_back(std::move(attribute));
    }
    scopes_.push_back(declared_before);
    const std::string_view prefix = prefix_of(node.text);
    const std::string* const own = namespace_of(prefix);
    if (own == nullptr && !prefix.empty()) refuse("a prefix has no namespace");
    if (failure) return;
    node.space = own == nullptr || own->empty() ? Space::none : space_of(*own);
    for (Attribute& attribute : node.attributes) {
      const std::string_view before = prefix_of(attribute.name);
      if (attribute.space == Space::declaration || before.empty()) continue;
      if (before == "xml") {
        attribute.space = Space::other;
        continue;
      }
      const std::string* const space = namespace_of(before);
      if (space == nullptr) refuse("a prefix has no namespace");
      if (failure) return;
      attribute.space = space == nullptr ? Space::other : space_of(*space);
    }
    if (!root_seen_) {
      if (node.local() != "svg" || (node.space != Space::svg && node.space != Space::none)) {
        return stop(Error(ErrorCode::bad_input, "this XML is no SVG",
                          "give files whose root is an svg element"));
      }
      if (node.space == Space::none && !root_only_) {
        return refuse(
            "it lacks xmlns=\"http://www.w3.org/2000/svg\", without which nothing shows "
            "it as a file");
      }
      root_seen_ = true;
    }
    open_.push_back(std::move(node));
    if (root_only_) XML_StopParser(parser_, XML_FALSE);
  }

  void end() {
    // An empty root ends even though the parser was stopped.
    if (root_only_) return;
    Node node = std::move(open_.back());
    open_.pop_back();
    declared_.resize(scopes_.back());
    scopes_.pop_back();
    open_.back().children.push_back(std::move(node));
  }

  void characters(std::string_view text) {
    if (open_.size() == 1 || !afford(text.size())) return;
    std::vector<Node>& siblings = open_.back().children;
    const Kind kind = in_cdata_ ? Kind::cdata : Kind::text;
    // expat delivers text in pieces: per line, per reference.
    if (siblings.empty() || siblings.back().kind != kind) {
      if (add({.kind = kind}) == nullptr) return;
    }
    siblings.back().text += text;
  }

  void aside(Kind kind, std::string text) {
    if (in_doctype_ || !afford(text.size())) return;
    add({.kind = kind, .text = std::move(text)});
  }

  struct Declared {
    std::string prefix;
    std::string name;
  };

  const ReadLimits& limits_;
  std::size_t most_text_;
  bool root_only_;
  XML_Parser parser_ = nullptr;
  std::vector<Node> open_;  // the first is the document, not an element
  std::vector<Declared> declared_;
  std::vector<std::size_t> scopes_;
  std::size_t nodes_ = 0;
  std::size_t attributes_ = 0;
  std::size_t text_ = 0;
  bool in_cdata_ = false;
  bool in_doctype_ = false;
  bool root_seen_ = false;
};

struct Releases {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using Parser = std::unique_ptr<std::remove_pointer_t<XML_Parser>, Releases>;

Error why_not(XML_Parser parser) {
  const XML_Error code = XML_GetErrorCode(parser);
  if (code == XML_ERROR_NO_MEMORY) {
    return Error(ErrorCode::limit, "there was not enough memory for this drawing",
                 "run fewer images at once (--jobs)");
  }
  if (code == XML_ERROR_UNKNOWN_ENCODING || code == XML_ERROR_INCORRECT_ENCODING) {
    return Error(ErrorCode::unsupported, "this SVG is in an encoding that is not read",
                 "save it as UTF-8");
  }
  if (code == XML_ERROR_AMPLIFICATION_LIMIT_BREACH) {
    return Error(ErrorCode::limit, "a drawing whose entities grow without bounds",
                 "save it as plain SVG with the program that made it");
  }
  return Error(ErrorCode::bad_input,
               fmt::format("the XML is damaged in line {} ({})", XML_GetCurrentLineNumber(parser),
                           XML_ErrorString(code)),
               "restore the file from a copy");
}

Result<void> run(ByteView file, Builder& builder, bool root_only) {
  const Parser parser(XML_ParserCreate(nullptr));
  if (!parser) {
    return fail(ErrorCode::limit, "there was not enough memory for this drawing",
                "run fewer images at once (--jobs)");
  }
  // Our own accounting stops earlier; this bounds the work, not only the output.
  XML_SetBillionLaughsAttackProtectionActivationThreshold(parser.get(), 1 << 20);
  XML_SetBillionLaughsAttackProtectionMaximumAmplification(parser.get(), 20);
  builder.attach(parser.get());
  const XML_Status status = XML_Parse(parser.get(), reinterpret_cast<const char*>(file.data()),
                                      static_cast<int>(file.size()), XML_TRUE);
  if (builder.failure) return std::unexpected(*builder.failure);
  if (root_only && builder.root_seen()) return {};
  if (status != XML_STATUS_OK) return std::unexpected(why_not(parser.get()));
  return {};
}

Result<void> fits(ByteView file, const ReadLimits& limits) {
  if (file.size() <= limits.bytes) return {};
  return fail(ErrorCode::limit, fmt::format("a drawing of {} bytes", file.size()),
              "simplify it with the program that made it");
}

// Converts the start to ASCII; other characters become '?'.
std::string narrowed(ByteView start) {
  const auto byte = [&](std::size_t i) { return std::to_integer<unsigned char>(start[i]); };
  const bool little = start.size() >= 2 && byte(0) == 0xFF && byte(1) == 0xFE;
  const bool big = start.size() >= 2 && byte(0) == 0xFE && byte(1) == 0xFF;
  std::string text;
  if (little || big) {
    for (std::size_t i = 2; i + 1 < start.size(); i += 2) {
      const unsigned high = byte(i + (little ? 1 : 0));
      const unsigned low = byte(i + (little ? 0 : 1));
      text += high == 0 && low < 0x80 ? static_cast<char>(low) : '?';
    }
    return text;
  }
  const bool marked = start.size() >= 3 && byte(0) == 0xEF && byte(1) == 0xBB && byte(2) == 0xBF;
  text.assign(reinterpret_cast<const char*>(start.data()), start.size());
  return marked ? text.substr(3) : text;
}

// Returns the position after the declaration at `at`; npos if it is incomplete.
std::size_t behind_doctype(std::string_view text, std::size_t at) {
  char quote = 0;
  int brackets = 0;
  for (std::size_t i = at; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[') {
      ++brackets;
    } else if (c == ']') {
      --brackets;
    } else if (c == '>' && brackets <= 0) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

}  // namespace

bool looks_like_svg(ByteView start) {
  const std::string narrow = narrowed(start);
  const std::string_view text = narrow;
  bool doctype_is_svg = false;
  for (std::size_t at = 0;;) {
    at = text.find_first_not_of(" \t\r\n", at);
    // A long DOCTYPE may extend beyond the bytes available.
    if (at == std::string_view::npos) return doctype_is_svg;
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("<?") || rest.starts_with("<!--")) {
      const std::string_view closing = rest[1] == '?' ? "?>" : "-->";
      const std::size_t end = rest.find(closing, 2);
      if (end == std::string_view::npos) return doctype_is_svg;
      at += end + closing.size();
    } else if (rest.starts_with("<!DOCTYPE")) {
      const std::size_t name = rest.find_first_not_of(" \t\r\n", 9);
      doctype_is_svg = name != std::string_view::npos && rest.substr(name).starts_with("svg");
      at = behind_doctype(text, at);
      if (at == std::string_view::npos) return doctype_is_svg;
    } else {
      if (!rest.starts_with('<')) return false;
      const std::size_t end = rest.find_first_of(" \t\r\n/>", 1);
      if (end == std::string_view::npos) return false;
      const std::string_view name = rest.substr(1, end - 1);
      return name == "svg" || (name.ends_with(":svg") && name.size() > 4);
    }
  }
}

Result<Document> read(ByteView file, const ReadLimits& limits) {
  IMGMILL_CHECK(fits(file, limits));
  const std::size_t most = std::min(limits.bytes, limits.expansion * file.size() + (1 << 16));
  Builder builder(limits, most, false);
  IMGMILL_CHECK(run(file, builder, false));
  return builder.take();
}

Result<Node> read_root(ByteView file) {
  const ReadLimits limits;
  IMGMILL_CHECK(fits(file, limits));
  Builder builder(limits, limits.bytes, true);
  IMGMILL_CHECK(run(file, builder, true));
  return builder.take_root();
}

}  // namespace imgmill::svg
