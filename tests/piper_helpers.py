"""A tiny voice model with piper's own inputs and outputs: each phoneme is a chord of its own, of a length of its own.

It draws on chance as real ones do (noise, by the first of the `scales`) and tells, or does not, how long each is.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

RATE_HZ, HOP = 22050, 256
FRAMES = {" ": 6.0, ".": 12.0, ",": 12.0, "^": 8.0, "$": 8.0, "_": 0.0}  # others 5 … 12


def build(folder: Path, *, tells: bool = True, name: str = "tiny") -> Path:
    """Write the model and its JSON file; `tells`: with the lengths where piper's own tool finds them."""
    from onnx import TensorProto, helper, numpy_helper, save_model
    from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

    ids = {phoneme: list(some) for phoneme, some in DEFAULT_PHONEME_ID_MAP.items()}
    count = 1 + max(max(some) for some in ids.values())
    frames = np.array([5.0 + number * 3.37 % 7.0 for number in range(count)], np.float32)
    loud = np.full(count, 0.15, np.float32)
    for phoneme, length in FRAMES.items():
        frames[ids[phoneme][0]] = length
        loud[ids[phoneme][0]] = 0.0
    hz = 200.0 * 2.0 ** (np.array([[number * 5 % 24, number * 11 % 36 + 12] for number in range(count)]) / 12.0)
    tables = {
        "frames": frames,
        "loud": loud,
        "step": (2.0 * np.pi * hz / RATE_HZ).astype(np.float32),
        "zero": np.array(0, np.int64),
        "one": np.array(1, np.int64),
        "hop": np.array(HOP, np.int64),
        "axis0": np.array([0], np.int64),
        "axis1": np.array([1], np.int64),
        "shape": np.array([1, 1, 1, -1], np.int64),
        "lengths_shape": np.array([1, 1, -1], np.int64),
        "flat": np.array([-1], np.int64),
        "softer": np.array(0.01, np.float32),
    }
    make = helper.make_node
    rounded = make("Ceil", ["scaled"], ["w_ceil"]) if tells else make("Neg", ["negative"], ["w_ceil"])
    nodes = [
        make("Reshape", ["input", "flat"], ["ids"]),
        make("Gather", ["frames", "ids"], ["own"]),
        make("Gather", ["scales", "one"], ["slow"]),
        make("Gather", ["scales", "zero"], ["noisy"]),
        make("Mul", ["own", "slow"], ["scaled_flat"]),
        make("Reshape", ["scaled_flat", "lengths_shape"], ["scaled"]),
        *([] if tells else [make("Neg", ["scaled"], ["down"]), make("Floor", ["down"], ["negative"])]),
        rounded,
        make("Reshape", ["w_ceil", "flat"], ["counts"]),
        make("Cast", ["counts"], ["whole"], to=TensorProto.INT64),
        make("Mul", ["whole", "hop"], ["samples_each"]),
        make("CumSum", ["samples_each", "zero"], ["ends"]),
        make("ReduceSum", ["samples_each", "axis0"], ["total"], keepdims=0),
        make("Range", ["zero", "total", "one"], ["places"]),
        make("Unsqueeze", ["places", "axis1"], ["rows"]),
        make("Unsqueeze", ["ends", "axis0"], ["columns"]),
        make("GreaterOrEqual", ["rows", "columns"], ["past"]),
        make("Cast", ["past"], ["past_whole"], to=TensorProto.INT64),
        make("ReduceSum", ["past_whole", "axis1"], ["which"], keepdims=0),
        make("Gather", ["ids", "which"], ["sounding"]),
        make("Gather", ["step", "sounding"], ["steps"]),
        make("CumSum", ["steps", "zero"], ["phases"]),
        make("Sin", ["phases"], ["waves"]),
        make("ReduceSum", ["waves", "axis1"], ["chord"], keepdims=0),
        make("Gather", ["loud", "sounding"], ["level"]),
        make("RandomNormalLike", ["chord"], ["chance"]),
        make("Mul", ["chance", "noisy"], ["noise"]),
        make("Mul", ["noise", "softer"], ["breath"]),
        make("Add", ["chord", "breath"], ["both"]),
        make("Mul", ["both", "level"], ["sound"]),
        make("Reshape", ["sound", "shape"], ["output"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            helper.make_tensor_value_info("input", TensorProto.INT64, [1, "n"]),
            helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
            helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
        ],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, 1, "t"])],
        [numpy_helper.from_array(np.asarray(value), key) for key, value in tables.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    file = folder / f"{name}.onnx"
    save_model(model, file)
    described = {
        "audio": {"sample_rate": RATE_HZ},
        "espeak": {"voice": "en-us"},
        "language": {"code": "en_US"},
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
        "num_symbols": count,
        "num_speakers": 1,
        "phoneme_id_map": ids,
        "hop_length": HOP,
    }
    file.with_name(file.name + ".json").write_text(json.dumps(described), "utf-8")
    return file
