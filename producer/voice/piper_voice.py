"""Neural voices: piper, with model files that the user has and names in the settings; nothing is ever fetched.

A model draws on chance, from a generator that goes on from utterance to utterance. So each utterance has a session of
its own, made from the model as onnxruntime has already arranged it, with the same seed.
"""

from __future__ import annotations

import json
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from producer.installed import version
from producer.voice import plain_text
from producer.voice.bending import PITCHES, stressed
from producer.voice.engine import BrokenVoiceError, Onset, Spoken, Utterance
from producer.voice.identity import sha256_of
from producer.voice.piper_words import STRESSES, is_mark, letters, owners
from producer.voice.wording import is_known

if TYPE_CHECKING:
    from producer.voice.settings import PiperVoice

_MADE = 2
"""Part of every version: raise it when the same model should come out differently."""
_NEEDED: dict[str, type] = {
    "num_symbols": int,
    "num_speakers": int,
    "audio.sample_rate": int,
    "espeak.voice": str,
    "phoneme_id_map": dict,
}
"""What piper itself reads of a description without asking whether it is there."""
_SEED = 1
_TOLD = 160  # characters of what a library says of a broken model
_NO_BRACKETS = str.maketrans("", "", "[]")  # in a pair they would hold phonemes
GAP_S = 0.15
"""Between two sentences of a phrase: a model ends each with little silence or none."""


class Piper:
    """Every `[voices.piper.NAME]` of the user's settings, by its name there."""

    speeds = (0.5, 1.0, 2.0)
    speed_per_wpm = 1.0 / 170.0

    def version(self, name: str) -> str:
        voice = _voice(name)
        made_by = [f"{package} {version(package)}" for package in ("piper-tts", "onnxruntime")]
        files = [sha256_of(path) for path in (voice.model, _config_file(voice))]
        return json.dumps([_MADE, made_by, files, voice.speaker, find_spec("onnx") is not None])

    def made_of(self, name: str) -> dict[str, str]:
        voice = _voice(name)
        with_it = ", ".join(f"{package} {version(package)}" for package in ("piper-tts", "onnxruntime"))
        said = {"engine": "piper", "version": with_it, "model": voice.model.name, "sha256": sha256_of(voice.model)}
        return said | ({"speaker": str(voice.speaker)} if voice.speaker else {})

    def names(self) -> frozenset[str]:
        return frozenset(_voices())

    def absence(self) -> str:
        from producer.voice.settings import settings_file

        return "" if self.names() else f"voices of this kind are named in {settings_file()}"

    def variants(self) -> frozenset[str]:
        return frozenset()

    def language(self, name: str) -> str:
        return _language(_config(_voice(name))).partition("-")[0]

    def worded(self, name: str) -> str:
        voice = _voice(name)
        config = _config(voice)
        language = _language(config)
        # Models that read letters have learnt none for figures; the others' espeak-ng says numbers in its languages.
        return language if voice.normalise and (not _reads_ipa(config) or is_known(language)) else ""

    def reads_ipa(self, name: str) -> bool:
        return _reads_ipa(_config(_voice(name)))

    def pitches(self, name: str) -> tuple[float, float]:
        del name
        return PITCHES

    def grace_s(self, name: str) -> float:
        del name
        return 60.0  # the first time a worker arranges the model

    def lack(self, name: str) -> str:
        voice = _voice(name)
        if find_spec("piper") is None or find_spec("onnxruntime") is None:
            return "needs the extra piper: python -m pip install 'producer-audio-drama[piper]'"
        for what, file in (("model", voice.model), ("description of its model", _config_file(voice))):
            if not file.is_file():
                return f"has no {what}: there is no file {file}"
        config = _config(voice)
        if not config:
            return f"has no description of its model: {_config_file(voice)} is no JSON object"
        for key, kind in _NEEDED.items():
            if not isinstance(_entry(config, key), kind):
                return f"has no description of its model: {_config_file(voice)} does not say '{key}'"
        speakers = _entry(config, "num_speakers") or 1
        if voice.speaker >= speakers:
            return f"has no speaker {voice.speaker}: its model has {speakers}, counted from 0"
        return ""

    def say(self, utterance: Utterance) -> Spoken:
        from piper import PiperVoice as Model
        from piper.config import PhonemeType, PiperConfig, SynthesisConfig

        voice = _voice(utterance.voice)
        config = PiperConfig.from_dict(_config(voice))
        english = self.language(utterance.voice) == "en"
        espeak = config.phoneme_type == PhonemeType.ESPEAK
        if not espeak:
            plain_text.refuse_ipa(utterance.tokens)
        plain = [replace(token, spoken=token.spoken.translate(_NO_BRACKETS)) for token in utterance.tokens]
        words = plain_text.words(plain, english=english, phonemes=_phonemes if espeak else None)
        model = Model(config=config, session=_session(voice))
        how = SynthesisConfig(
            speaker_id=voice.speaker,
            length_scale=config.length_scale / utterance.speed,
            normalize_audio=False,  # each sentence would be as loud as the next, however it is said
        )
        chunks = list(
            model.synthesize(plain_text.text(plain, words, ends=utterance.ends), how, include_alignments=True)
        )
        rate_hz = int(config.sample_rate)
        gap = np.zeros(round(GAP_S * rate_hz), np.float32)
        parts = [part for chunk in chunks for part in (gap, chunk.audio_float_array.reshape(-1))][1:]
        samples = np.concatenate([np.zeros(0, np.float32), *parts]).astype(np.float32)
        said = _onsets([[*_plain(model, word)] for word in words], chunks, len(gap), len(samples))
        loud = [(onset.start, onset.end) for onset in said if utterance.tokens[onset.token].emphasis]
        return Spoken(stressed(samples, rate_hz, utterance.pitch, loud), rate_hz, said)


def _voice(name: str) -> PiperVoice:
    return _voices()[name.casefold()]


def _voices() -> dict[str, PiperVoice]:
    from producer.voice.settings import settings  # pydantic: workers of other engines need not wait for it

    return settings().voices.piper


def _config_file(voice: PiperVoice) -> Path:
    return voice.config or voice.model.with_name(voice.model.name + ".json")


def _config(voice: PiperVoice) -> dict[str, Any]:
    """What the JSON file beside the model says; nothing when it cannot be read."""
    try:
        found = json.loads(_config_file(voice).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _entry(config: dict[str, Any], key: str) -> Any:
    """`audio.sample_rate` of a description; None where it has none."""
    found: Any = config
    for part in key.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _language(config: dict[str, Any]) -> str:
    """`en-us`; empty when the file does not say."""
    spoken = _entry(config, "language.code") or _entry(config, "espeak.voice") or ""
    return str(spoken).casefold().replace("_", "-")


def _reads_ipa(config: dict[str, Any]) -> bool:
    """Whether a model was taught phonemes, as espeak-ng gives them; some were taught letters."""
    return str(config.get("phoneme_type") or "espeak") == "espeak"


def _phonemes(ipa: str) -> str:
    return f"[[{unicodedata.normalize('NFD', ipa)}]]"


def _session(voice: PiperVoice) -> Any:
    import onnxruntime

    onnxruntime.set_seed(_SEED)
    options = _options()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    arranged = _arranged(voice.model, sha256_of(voice.model))
    return onnxruntime.InferenceSession(arranged, options, providers=["CPUExecutionProvider"])


def _options() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # workers are the parallel part; sums keep order
    options.log_severity_level = 3
    return options


@lru_cache(maxsize=2)
def _arranged(model: Path, sha256: str) -> bytes:
    """The model with its phonemes' lengths as an output, optimised once: a session of it starts in a few ms."""
    del sha256
    import onnxruntime

    with tempfile.TemporaryDirectory(prefix="producer-piper-", ignore_cleanup_errors=True) as folder:
        options = _options()
        options.optimized_model_filepath = str(Path(folder) / "model.onnx")
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        try:
            onnxruntime.InferenceSession(_with_lengths(model), options, providers=["CPUExecutionProvider"])
        except Exception as wrong:  # each of the two libraries has errors of its own for a file that is no model
            said = " ".join(str(wrong).split())
            raise BrokenVoiceError(f"has a model that cannot be loaded: {model}: {said[:_TOLD]}") from None
        return Path(options.optimized_model_filepath).read_bytes()


def _with_lengths(model: Path) -> bytes:
    """A model that tells how long each phoneme is, where it can be made to; else words are found by alignment."""
    raw = model.read_bytes()
    if find_spec("onnx") is None:
        return raw
    import onnx
    from piper.patch_voice_with_alignment import add_alignment_output

    graph = onnx.load_model_from_string(raw)
    try:
        add_alignment_output(graph)
    except ValueError:  # it tells already, or is of another make
        return raw
    return bytes(graph.SerializeToString())


def _plain(model: Any, word: str) -> Iterator[str]:
    for sentence in model.phonemize(word):
        yield from letters(sentence)


def _onsets(words: Sequence[Sequence[str]], chunks: Sequence[Any], gap: int, length: int) -> tuple[Onset, ...]:
    """Where each word's phonemes are; nothing when a chunk does not tell how long its own are."""
    if not chunks or any(chunk.phoneme_alignments is None for chunk in chunks):
        return ()
    phonemes: list[tuple[str, int, int]] = []
    begins = 0
    for chunk in chunks:
        at = begins
        for one in chunk.phoneme_alignments:
            phonemes.append((one.phoneme, at, at + int(one.num_samples)))
            at += int(one.num_samples)
        begins += len(chunk.audio_float_array.reshape(-1)) + gap
        phonemes.append((" ", at, at))
    places = [place for place, entry in enumerate(phonemes) if letters([entry[0]])]
    own = [[one for one in word if one != " "] for word in words]
    whose = owners(own, [phonemes[place][0] for place in places])
    found = []
    for number in range(len(words)):
        mine = [place for place, owner in zip(places, whose, strict=True) if owner == number]
        if mine:
            first, last = mine[0], mine[-1]
            while first and phonemes[first - 1][0] in STRESSES:
                first -= 1
            while last + 1 < len(phonemes) and is_mark(phonemes[last + 1][0]):
                last += 1
            found.append(Onset(number, min(phonemes[first][1], length), min(phonemes[last][2], length)))
    return tuple(found)
