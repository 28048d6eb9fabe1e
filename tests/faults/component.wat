;; planted: a component in place of a module
;; check: run
;; says: a component is called by its interface
(component)
