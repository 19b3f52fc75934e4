# Generates a source file with the files of the page, each plain and compressed.
#
# cmake -DFOLDER=DIR -DOUTPUT=FILE.cc -P tools/embed_page.cmake
#
# A file that compression does not make smaller is stored only once. Needs gzip, and brotli for the
# smallest form.
cmake_minimum_required(VERSION 3.25)
find_program(GZIP gzip)
find_program(BROTLI brotli)

function(bytes_of file result)
  file(READ "${file}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  # Break into lines of a reasonable length.
  string(REGEX REPLACE "(................................................................................)"
    "\\1\n" bytes "${bytes}")
  set(${result} "${bytes}" PARENT_SCOPE)
endfunction()

function(type_of name result)
  set(type application/octet-stream)
  foreach(row "html text/html;charset=utf-8" "js text/javascript;charset=utf-8"
              "css text/css;charset=utf-8" "svg image/svg+xml" "png image/png"
              "ico image/x-icon" "json application/json" "webmanifest application/manifest+json"
              "woff2 font/woff2" "txt text/plain;charset=utf-8" "webp image/webp")
    string(REGEX MATCH "^([a-z0-9]+) (.*)$" match "${row}")
    set(extension "${CMAKE_MATCH_1}")
    set(known "${CMAKE_MATCH_2}")
    if(name MATCHES "\\.${extension}$")
      set(type "${known}")
    endif()
  endforeach()
  set(${result} "${type}" PARENT_SCOPE)
endfunction()

get_filename_component(work "${OUTPUT}" DIRECTORY)
file(GLOB_RECURSE files RELATIVE "${FOLDER}" "${FOLDER}/*")
list(SORT files)
set(arrays "")
set(rows "")
set(number 0)
foreach(name IN LISTS files)
  # Source maps are for developers of the page.
  if(name MATCHES "\\.map$")
    continue()
  endif()
  math(EXPR number "${number} + 1")
  file(SIZE "${FOLDER}/${name}" size)
  file(SHA256 "${FOLDER}/${name}" hash)
  string(SUBSTRING "${hash}" 0 20 hash)
  bytes_of("${FOLDER}/${name}" bytes)
  string(APPEND arrays "constexpr unsigned char file_${number}[] = {\n${bytes}0};\n")
  set(row "view(file_${number})")
  type_of("${name}" type)
  foreach(way "gzip ${GZIP} -9nc" "brotli ${BROTLI} -q 11 -w 22 -c")
    string(REPLACE " " ";" command "${way}")
    list(POP_FRONT command coding)
    list(GET command 0 program)
    set(packed "${work}/packed")
    if(program)
      execute_process(COMMAND ${command} "${FOLDER}/${name}" OUTPUT_FILE "${packed}"
        COMMAND_ERROR_IS_FATAL ANY)
      file(SIZE "${packed}" packed_size)
    endif()
    if(program AND packed_size LESS size AND NOT type MATCHES "^image/(png|webp)|^font/")
      bytes_of("${packed}" bytes)
      string(APPEND arrays "constexpr unsigned char ${coding}_${number}[] = {\n${bytes}0};\n")
      string(APPEND row ", view(${coding}_${number})")
    else()
      string(APPEND row ", {}")
    endif()
  endforeach()
  string(REPLACE ";charset" "; charset" type "${type}")
  string(APPEND rows "    PageFile{\"${name}\", \"${type}\", \"W/\\\"${hash}\\\"\", ${row}},\n")
endforeach()
file(REMOVE "${work}/packed")

file(WRITE "${OUTPUT}.new" "// Made by tools/embed_page.cmake.
# include <array>
# include <cstddef>

# include \"server/http/page.h\"

namespace imgmill::server {
namespace {

${arrays}
/// Without the zero that keeps empty files from being empty arrays.
template <std::size_t N>
std::string_view view(const unsigned char (&bytes)[N]) {
  return {reinterpret_cast<const char*>(bytes), N - 1};
}

}  // namespace

std::span<const PageFile> page_files() {
  static const std::array files = {
${rows}  };
  return files;
}

}  // namespace imgmill::server
")
file(RENAME "${OUTPUT}.new" "${OUTPUT}")
