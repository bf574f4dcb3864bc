import cProfile, pstats, pytest
from tests.clinic.hospital import Hospital
from tests.clinic.treatment import Day
from tests.clinic.conftest import *
def test_p(hospital):
    Day(hospital).walk("sign_time_out/technologist")
    import time
    t=time.process_time(); Day(hospital, room="fl2").walk("sign_time_out/technologist"); print("CPU for a walk", time.process_time()-t)
    pr=cProfile.Profile(); pr.enable()
    Day(hospital, room="fl1").walk("sign_time_out/technologist")
    pr.disable(); s=pstats.Stats(pr); s.sort_stats('cumtime').print_stats(75); s.sort_stats('tottime').print_stats(30)
