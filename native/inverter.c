#define Py_LIMITED_API 0x030B0000
#include <Python.h>
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "searchidx._inverter", NULL, -1, NULL, NULL, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit__inverter(void) { return PyModule_Create(&module); }
