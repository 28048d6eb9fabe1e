;; A C file with debug information, as clang 19 makes it of app/native/shape.c:
;;
;;     static int twice(int number) { return number * 2; }
;;
;;     int area(int side) { return side * side; }
;;
;;     int around(int side) { return twice(twice(side)) + area(side); }
;;
;; clang-19 --target=wasm32 -g -O1 -fdebug-compilation-dir=/src -c app/native/shape.c -o shape.o
;; wasm-tools strip shape.o -d '^(reloc.*|linking|producers|target_features|\.debug_aranges)$' |
;;   wasm-tools print, and names for the functions
(module
  (type (;0;) (func (param i32) (result i32)))
  (import "env" "__linear_memory" (memory (;0;) 0))
  (import "env" "__stack_pointer" (global (;0;) (mut i32)))
  (func $area (type 0) (param i32) (result i32)
    local.get 0
    local.get 0
    i32.mul
  )
  (func $around (type 0) (param i32) (result i32)
    local.get 0
    i32.const 4
    i32.add
    local.get 0
    i32.mul
  )
  (@custom ".debug_abbrev" (after code) "\01\11\01%\0e\13\05\03\0e\10\17\1b\0e\11\01U\17\00\00\02.\01\11\01\12\06@\18\97B\19\03\0e:\0b;\0b'\19I\13?\19\00\00\03\05\00\02\18\03\0e:\0b;\0bI\13\00\00\04$\00\03\0e>\0b\0b\0b\00\00\00")
  (@custom ".debug_info" (after code) "\82\00\00\00\04\00\00\00\00\00\04\01\00\00\00\00\1d\00(\00\00\00\00\00\00\00;\00\00\00\00\00\00\00\00\00\00\00\02\02\00\00\00\07\00\00\00\07\ed\03\00\00\00\00\9f@\00\00\00\01\03~\00\00\00\03\04\ed\00\00\9fP\00\00\00\01\03~\00\00\00\00\02\0a\00\00\00\0a\00\00\00\07\ed\03\00\00\00\00\9fI\00\00\00\01\05~\00\00\00\03\04\ed\00\00\9fP\00\00\00\01\05~\00\00\00\00\04E\00\00\00\05\04\00")
  (@custom ".debug_ranges" (after code) "\02\00\00\00\09\00\00\00\0a\00\00\00\14\00\00\00\00\00\00\00\00\00\00\00")
  (@custom ".debug_str" (after code) "Debian clang version 19.1.7 (3~deb12u1)\00app/native/shape.c\00/src\00area\00int\00around\00side\00")
  (@custom ".debug_line" (after code) "Y\00\00\00\04\00*\00\00\00\01\01\01\fb\0e\0d\00\01\01\01\01\00\00\00\01\00\00\01app/native\00\00shape.c\00\01\00\00\00\05\22\0a\00\05\02\03\00\00\00\14\05\16\06X\02\01\00\01\01\00\05\02\0a\00\00\00\16\052\0aX\05\18\06J\02\01\00\01\01")
)
