// The words that stand for settings, on the command line and in JSON.
#pragma once

#include <array>
#include <string_view>

#include "imgmill/settings.h"

namespace imgmill {

template <typename T>
struct Word {
  std::string_view word;
  T value;
};

inline constexpr std::array<Word<ResizeMode>, 7> resize_modes = {
    {{"none", ResizeMode::none},
     {"width", ResizeMode::width},
     {"height", ResizeMode::height},
     {"longest", ResizeMode::longest},
     {"shortest", ResizeMode::shortest},
     {"fit", ResizeMode::fit},
     {"percent", ResizeMode::percent}}};
inline constexpr std::array<Word<Fit>, 4> fits = {
    {{"inside", Fit::inside}, {"cover", Fit::cover}, {"fill", Fit::fill}, {"pad", Fit::pad}}};
inline constexpr std::array<Word<Position::By>, 3> smart_positions = {
    {{"attention", Position::By::attention},
     {"entropy", Position::By::entropy},
     {"regions", Position::By::regions}}};
inline constexpr std::array<Word<CropArea::Unit>, 2> area_units = {
    {{"pixels", CropArea::Unit::pixels}, {"percent", CropArea::Unit::percent}}};
inline constexpr std::array<Word<ResizeFilter>, 5> resize_filters = {
    {{"lanczos3", ResizeFilter::lanczos3},
     {"mitchell", ResizeFilter::mitchell},
     {"catmull-rom", ResizeFilter::catmull_rom},
     {"box", ResizeFilter::box},
     {"nearest", ResizeFilter::nearest}}};
inline constexpr std::array<Word<ResizeLight>, 2> resize_lights = {
    {{"coded", ResizeLight::coded}, {"linear", ResizeLight::linear}}};
inline constexpr std::array<Word<Effort>, 3> efforts = {
    {{"fast", Effort::fast}, {"balanced", Effort::balanced}, {"max", Effort::max}}};
inline constexpr std::array<Word<Animation>, 3> animations = {
    {{"refuse", Animation::refuse},
     {"keep", Animation::keep},
     {"first-frame", Animation::first_frame}}};
inline constexpr std::array<Word<double>, 4> target_words = {
    {{"good", Target::good},
     {"high", Target::high},
     {"excellent", Target::excellent},
     {"visually-lossless", Target::visually_lossless}}};
inline constexpr std::array<Word<bool Keep::*>, 7> keep_words = {
    {{"icc", &Keep::icc},
     {"orientation", &Keep::orientation},
     {"copyright", &Keep::copyright},
     {"exif", &Keep::exif},
     {"xmp", &Keep::xmp},
     {"iptc", &Keep::iptc},
     {"comment", &Keep::comment}}};

}  // namespace imgmill
