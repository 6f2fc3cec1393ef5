"""One module per server; :data:`DIALECTS` knows them by name."""

from simulator.dialects.base import Dialect
from simulator.dialects.llamacpp import LlamaCpp
from simulator.dialects.lmstudio import LmStudio
from simulator.dialects.ollama import Ollama
from simulator.dialects.uvicorn import LlamaCppPython, Plain

DIALECTS: dict[str, Dialect] = {
    dialect.name: dialect for dialect in (LmStudio(), LlamaCpp(), Ollama(), Plain(), LlamaCppPython())
}
