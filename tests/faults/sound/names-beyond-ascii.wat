;; sound: an export with a name in another script
(module
  (func (export "рендер"))
  (memory (export "memory") 1)
  (func (export "_start")
    (nop)))
