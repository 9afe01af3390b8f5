#pragma once

#include "calibration.pb-c.h"
#include "onnx.pb-c.h"
