// Command line: the part of a picture to use.
#include "options/app.h"
#include "options/define.h"

namespace imgmill::cli {

void CommandLine::add_crop_options(CLI::App& app) {
  Crop& crop = optimize_.settings.crop;
  const std::string group = "Picture";
  add_value(app, "--fit", "inside|cover|fill|pad", fit_, one_of<Fit>(fits),
            "With --resize fit=WxH: stay inside the box, cover it and cut off what protrudes, fill "
            "it and distort, or stay inside on a canvas of its size in the --background. Default "
            "inside.")
      ->group(group);
  add_value(
      app, "--position", "centre|north|...|attention|entropy|regions|X%,Y%", crop.position,
      parse_position,
      "Which part stays when --fit cover or --aspect cut something off: an edge or corner, "
      "the liveliest part, the one with the most information, the faces and focus points that "
      "the file has marked (XMP regions), or around a point. Default "
      "centre.")
      ->group(group);
  add_value(app, "--aspect", "W:H", crop.aspect, parse_aspect,
            "Cut pictures to this shape, such as 16:9, before they are resized.")
      ->group(group);
  add_value(app, "--crop", "WxH+X+Y", crop.area, parse_crop_area,
            "Keep only this part of the upright picture, in pixels or percent "
            "(80%x80%+10%+10%).")
      ->group(group);
  add_value(app, "--trim", "N", crop.trim, parse_trim,
            "Cut off borders in the colour of the upper left corner; 0 to 254 levels may it "
            "differ, 10 suits most.")
      ->group(group);
}

}  // namespace imgmill::cli
