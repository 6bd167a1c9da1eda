from . import theory as theory
from ._points import pack_points as pack_points
from ._sweep.function import sweep as sweep
from .config import Config as Config
from .inits import Init as Init
from .plotting import save_figure as save_figure
from .plotting import three_panels as three_panels
from .process_plot import draw_process as draw_process
from .sampling import sample_noise as sample_noise
from .sampling import sample_stream as sample_stream
from .sampling import sample_test as sample_test
from .schedules import At as At
from .schedules import Doubling as Doubling
from .schedules import Every as Every
from .simulation import simulate as simulate
from .simulation import simulate_source as simulate_source
from .simulation import simulate_stream as simulate_stream
from .source import ClassPoints as ClassPoints
from .source import Source as Source
from .stream import FeatureStream as FeatureStream
from .tracing import trace as trace

__version__: str
