"""Kills are told under this server's own paths, other servers' not at all."""

from lab.nodes.real.k3s.guest.kernel_log import Translator

GROUP = "/stagecoach-ac70d064-shop/kubepods/burstable/pod472a0044-8fd9-4e3a-8987-aa4b4e279cf8"
FIRST = "4,9000,154,-;celery invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=992"
KILL = (
    "6,9020,154,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=030b,mems_allowed=0,"
    f"oom_memcg={GROUP},task_memcg={GROUP}/030b850a,task=celery,pid=3236,uid=1000"
)


def told(*records, ours=True):
    translator = Translator(lambda _path: ours)
    return [one for record in records for one in translator.records(record)]


def test_first_record_and_the_one_that_names_the_group():
    first, kill = told("6,1,1,-;eth0: up", FIRST, "4,9001,154,-;CPU: 0 PID: 3236", KILL, "3,9021,154,-;Killed process")
    assert first == FIRST
    below = "/kubepods/burstable/pod472a0044-8fd9-4e3a-8987-aa4b4e279cf8"
    assert f"oom_memcg={below},task_memcg={below}/030b850a,task=celery,pid=3236" in kill
    assert "stagecoach-ac70d064" not in kill


def test_another_servers_kill():
    assert told(FIRST, KILL, ours=False) == []


def test_a_kill_whose_start_was_missed():
    assert told(KILL) == []


def test_each_kill_is_told_once():
    assert len(told(FIRST, KILL, KILL, FIRST, KILL)) == 4


def test_whose_it_is_goes_by_the_path_below():
    seen = []
    list(Translator(lambda path: seen.append(path) or False).records(FIRST))
    translator = Translator(lambda path: seen.append(path) or False)
    for record in (FIRST, KILL):
        list(translator.records(record))
    assert seen == ["/kubepods/burstable/pod472a0044-8fd9-4e3a-8987-aa4b4e279cf8/030b850a"]
